#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace slipway {

/// What is wrong with a CEL expression, and how many bytes into it.
struct CelProblem {
  size_t at = 0;
  std::string message;
};

/// Checks the syntax of an expression of the Common Expression Language (its grammar, without macros' own
/// rules), and that every free name is one of `names`, a function, or a unit such as GiB that Talos adds
/// (pkg/machinery/cel/celenv). Types are not checked: a machine does that.
std::optional<CelProblem> CheckCel(std::string_view text, std::initializer_list<std::string_view> names);

}  // namespace slipway
