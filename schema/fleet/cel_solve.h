#pragma once

#include <map>
#include <vector>

#include "schema/fleet/cel_type.h"

namespace slipway::cel {

/// What is known of the types that are still to be found out while an expression is checked.
class Solution {
 public:
  Type Fresh() { return {Type::Kind::kVariable, ++last_}; }

  /// `type` with fresh variables in the place of `A` and `B`, the same ones for all of `types`.
  std::vector<Type> Instantiate(const std::vector<Type>& types);

  /// Whether values of one type may stand where the other is wanted, pairwise. What that says of variables is
  /// kept when all pairs are good, and forgotten when not.
  bool Accepts(const std::vector<Type>& given, const std::vector<Type>& wanted);

  /// Likewise for one pair, and the more general of the two types.
  bool Joins(const Type& first, const Type& second, Type& joined);

  enum class Open { kStays, kIsDyn };
  /// `type` with what is known in the place of its variables.
  Type Resolve(const Type& type, Open open = Open::kStays) const;

 private:
  bool Fits(const Type& given, const Type& wanted);
  /// Whether `variable` may be `type`; `known` tells whether something was known of it.
  bool Binds(const Type& type, const Type& variable, bool& known);
  bool OccursIn(const Type& variable, const Type& type) const;

  std::map<int, Type> known_;
  int last_ = 1;
};

}  // namespace slipway::cel
