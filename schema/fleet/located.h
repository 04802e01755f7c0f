#pragma once

#include "schema/fleet/diagnostic.h"

namespace slipway {

/// A value with the place that set it, so that a later check can point there. Equality ignores the place:
/// moving a line in a file changes no machine.
template <class T>
struct Located {
  T value{};
  Mark mark;
  bool operator==(const Located& other) const { return value == other.value; }
};

}  // namespace slipway
