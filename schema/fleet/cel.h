#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schema/fleet/result.h"

namespace slipway {

/// What is wrong with a CEL expression, and how many bytes into it.
struct CelProblem {
  size_t at = 0;
  std::string message;
};

/// Where an expression stands: the names that it may use, as Talos declares them (pkg/machinery/cel/celenv).
enum class CelPlace : uint8_t {
  kDisk,    ///< `disk`, `system_disk`
  kVolume,  ///< `volume`, and from 1.11 `disk`
  kLink,    ///< `link`
  kMember,  ///< `volume`, `disk`, `volume_id`, `system_disk`: a member of a RAID or LVM, from 1.14
};

/// Checks that an expression of the Common Expression Language is a condition which Talos of that minor
/// release would accept there: its syntax, the names, functions and macros, the types of all operands, and
/// that it comes to true or false. What it is evaluated to is not looked at. Source: cel-spec
/// (doc/langdef.md), Talos' celenv. Pure.
std::optional<CelProblem> CheckCel(std::string_view text, CelPlace place, int talos_minor);

}  // namespace slipway
