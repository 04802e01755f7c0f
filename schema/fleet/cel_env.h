#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "schema/fleet/cel.h"
#include "schema/fleet/cel_type.h"

/// What expressions may refer to: CEL's own functions, and what Talos adds.
namespace slipway::cel {

/// One way to call a function or an operator.
struct Overload {
  std::string_view name;
  bool on_target = false;
  std::vector<Type> arguments;  ///< what it is called on first
  Type result;
  int last = 0;  ///< minor of Talos 1.x that knows it
};

/// All ways to call `name` in that style; empty: there is no such function there.
std::vector<const Overload*> OverloadsOf(std::string_view name, bool on_target, CelPlace place, int minor);

/// The type of a variable or a constant, or that of a type's own name.
std::optional<Type> TypeOfName(std::string_view name, CelPlace place, int minor);
/// The variables there, for a message: "`disk`, `system_disk`".
std::string VariablesOf(CelPlace place, int minor);

/// The type of a message's field.
std::optional<Type> TypeOfField(std::string_view message, std::string_view field, int minor);

}  // namespace slipway::cel
