#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/cel.h"
#include "schema/fleet/cel_type.h"

namespace slipway::cel {

/// A part of an expression. Operators are calls by their own spelling: `&&`, `?:`, `[]`, `in`; the minus sign
/// of one value is `neg`.
struct Node {
  enum class Kind : uint8_t { kLiteral, kName, kSelect, kCall, kList, kMap };
  Kind kind = Kind::kLiteral;
  size_t at = 0;              ///< bytes into the text
  Type type{};                ///< of kLiteral
  std::string name{};         ///< of kName, kSelect and kCall
  bool on_target = false;     ///< of kCall: the first part is what it is called on
  std::vector<Node> parts{};  ///< operands; of kMap keys and values by turns
};

/// Reads an expression by the grammar of cel-spec (doc/langdef.md) without message literals, which no
/// selector of disks, volumes or links has a use for. Nested at most 64 deep.
tl::expected<Node, CelProblem> Parse(std::string_view text);

}  // namespace slipway::cel
