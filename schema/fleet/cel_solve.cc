#include "schema/fleet/cel_solve.h"

#include <algorithm>

namespace slipway::cel {
namespace {

using Kind = Type::Kind;

bool IsOpen(const Type& type) { return type.kind == Kind::kDyn || type.kind == Kind::kVariable; }

/// Whether everything of `specific` is of `general`, too.
bool Covers(const Type& general, const Type& specific) {
  if (IsOpen(general)) return true;
  if (IsOpen(specific) || general.kind != specific.kind) return false;
  if (general.kind == Kind::kType) return true;
  if (general.kind != Kind::kList && general.kind != Kind::kMap) return general == specific;
  return std::equal(general.parameters.begin(), general.parameters.end(), specific.parameters.begin(),
                    specific.parameters.end(), Covers);
}

const Type& MoreGeneral(const Type& first, const Type& second) {
  return Covers(first, second) ? first : second;
}

Type Replaced(const Type& type, const std::map<int, Type>& by) {
  if (type.kind == Kind::kVariable) {
    const auto found = by.find(type.variable);
    return found == by.end() ? type : found->second;
  }
  Type result = type;
  for (Type& parameter : result.parameters) parameter = Replaced(parameter, by);
  return result;
}

bool IsNullable(const Type& type) {
  return type.kind == Kind::kMessage || type.kind == Kind::kTimestamp || type.kind == Kind::kDuration ||
         type.kind == Kind::kNull;
}

}  // namespace

std::vector<Type> Solution::Instantiate(const std::vector<Type>& types) {
  const std::map<int, Type> fresh = {{0, Fresh()}, {1, Fresh()}};
  std::vector<Type> made;
  made.reserve(types.size());
  for (const Type& type : types) made.push_back(Replaced(type, fresh));
  return made;
}

bool Solution::Accepts(const std::vector<Type>& given, const std::vector<Type>& wanted) {
  if (given.size() != wanted.size()) return false;
  const auto before = known_;
  for (size_t i = 0; i < given.size(); ++i) {
    if (Fits(given[i], wanted[i])) continue;
    known_ = before;
    return false;
  }
  return true;
}

bool Solution::Joins(const Type& first, const Type& second, Type& joined) {
  if (!Accepts({first}, {second})) return false;
  joined = MoreGeneral(first, second);
  return true;
}

Type Solution::Resolve(const Type& type, Open open) const {
  if (type.kind == Kind::kVariable) {
    const auto found = known_.find(type.variable);
    if (found != known_.end()) return Resolve(found->second, open);
    return open == Open::kIsDyn ? Type{} : type;
  }
  Type result = type;
  for (Type& parameter : result.parameters) parameter = Resolve(parameter, open);
  return result;
}

bool Solution::OccursIn(const Type& variable, const Type& type) const {
  if (type == variable) return true;
  if (type.kind == Kind::kVariable) {
    const auto found = known_.find(type.variable);
    return found != known_.end() && OccursIn(variable, found->second);
  }
  return std::any_of(type.parameters.begin(), type.parameters.end(),
                     [&](const Type& parameter) { return OccursIn(variable, parameter); });
}

bool Solution::Binds(const Type& type, const Type& variable, bool& known) {
  known = true;
  if (type == variable) return true;
  const auto found = known_.find(variable.variable);
  if (found != known_.end()) {
    const Type now = found->second;
    if (type == now) return true;
    if (!Fits(type, now)) return false;
    const Type& general = MoreGeneral(type, now);
    if (!OccursIn(variable, general)) known_[variable.variable] = general;
    return true;
  }
  known = false;
  if (OccursIn(variable, type)) return false;
  known_[variable.variable] = type;
  return true;
}

bool Solution::Fits(const Type& given, const Type& wanted) {
  bool known = false;
  if (wanted.kind == Kind::kVariable) {
    if (Binds(given, wanted, known)) return true;
    if (known) return false;
  }
  if (given.kind == Kind::kVariable) return Binds(wanted, given, known);
  if (given.kind == Kind::kDyn || wanted.kind == Kind::kDyn) return true;
  if (given.kind == Kind::kNull) return IsNullable(wanted);
  if (wanted.kind == Kind::kNull) return IsNullable(given);
  if (given.kind != wanted.kind) return false;
  if (given.kind == Kind::kType) return true;
  if (given.kind == Kind::kMessage) return given.message == wanted.message;
  if (given.parameters.size() != wanted.parameters.size()) return false;
  for (size_t i = 0; i < given.parameters.size(); ++i) {
    if (!Fits(given.parameters[i], wanted.parameters[i])) return false;
  }
  return true;
}

}  // namespace slipway::cel
