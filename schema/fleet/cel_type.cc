#include "schema/fleet/cel_type.h"

#include <array>
#include <utility>

namespace slipway::cel {
namespace {

using Kind = Type::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 10> kPlain = {{{"dyn", Kind::kDyn},
                                                                       {"null", Kind::kNull},
                                                                       {"bool", Kind::kBool},
                                                                       {"int", Kind::kInt},
                                                                       {"uint", Kind::kUint},
                                                                       {"double", Kind::kDouble},
                                                                       {"string", Kind::kString},
                                                                       {"bytes", Kind::kBytes},
                                                                       {"timestamp", Kind::kTimestamp},
                                                                       {"duration", Kind::kDuration}}};

}  // namespace

std::string ToString(const Type& type) {
  for (const auto& [name, kind] : kPlain) {
    if (kind == type.kind) return std::string(name);
  }
  if (type.kind == Kind::kMessage) return std::string(type.message);
  if (type.kind == Kind::kVariable) return "dyn";
  std::string text = type.kind == Kind::kList ? "list" : type.kind == Kind::kMap ? "map" : "type";
  for (size_t i = 0; i < type.parameters.size(); ++i)
    text += (i == 0 ? "(" : ", ") + ToString(type.parameters[i]);
  return type.parameters.empty() ? text : text + ')';
}

Type ParseType(std::string_view text) {
  for (const auto& [name, kind] : kPlain) {
    if (name == text) return {kind};
  }
  if (text == "A" || text == "B") return {Kind::kVariable, text == "A" ? 0 : 1};
  const size_t open = text.find('(');
  if (open == std::string_view::npos) return {Kind::kMessage, 0, text};
  const std::string_view inner = text.substr(open + 1, text.size() - open - 2);
  const size_t comma = inner.find(',');
  const Kind kind = text.starts_with("list")  ? Kind::kList
                    : text.starts_with("map") ? Kind::kMap
                                              : Kind::kType;
  Type type{kind, 0, {}, {ParseType(inner.substr(0, comma))}};
  if (comma != std::string_view::npos) type.parameters.push_back(ParseType(inner.substr(comma + 1)));
  return type;
}

}  // namespace slipway::cel
