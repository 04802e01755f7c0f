#include "schema/fleet/label_selector.h"

#include <algorithm>

namespace slipway {

bool LabelRequirement::Holds(const Labels& labels) const {
  const auto label = labels.find(key);
  const bool there = label != labels.end();
  const bool listed = there && std::find(values.begin(), values.end(), label->second) != values.end();
  switch (op) {
    case Operator::kIn:
      return listed;
    case Operator::kNotIn:
      return !listed;
    case Operator::kExists:
      return there;
    case Operator::kDoesNotExist:
      return !there;
  }
  return false;
}

bool LabelSelector::Matches(const Labels& labels) const {
  return std::all_of(terms.begin(), terms.end(),
                     [&](const LabelRequirement& term) { return term.Holds(labels); });
}

}  // namespace slipway
