#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::cel {

/// A type of the Common Expression Language.
struct Type {
  enum class Kind : uint8_t {
    kDyn,  ///< anything
    kNull,
    kBool,
    kInt,
    kUint,
    kDouble,
    kString,
    kBytes,
    kTimestamp,
    kDuration,
    kList,
    kMap,
    kType,      ///< that of a type's name
    kMessage,   ///< with known fields
    kVariable,  ///< still to be found out
  };
  Kind kind = Kind::kDyn;
  int variable = 0;                ///< of kVariable
  std::string_view message{};      ///< of kMessage
  std::vector<Type> parameters{};  ///< of kList, kMap and kType

  bool operator==(const Type&) const = default;
};

/// "list(string)", as messages show it.
std::string ToString(const Type& type);

/// The type in a table: "int", "list(A)", "map(A,B)", or a message's name. `A` and `B` are variables 0 and 1.
/// `text` outlives the type.
Type ParseType(std::string_view text);

}  // namespace slipway::cel
