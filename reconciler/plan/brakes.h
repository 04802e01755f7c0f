#pragma once

#include "reconciler/plan/compare.h"

namespace slipway::plan {

/// What the daemon's guards would say of the merge, in its own words. Problems: of a file that cannot be
/// made. `left_out` machines are the same in both and in neither.
tl::expected<Brakes, Diagnostics> BrakesOf(const Side& base, const Side& head, size_t left_out);

}  // namespace slipway::plan
