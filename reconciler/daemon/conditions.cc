#include "reconciler/daemon/conditions.h"

#include <algorithm>

namespace slipway {

void SetCondition(std::vector<Condition>& conditions, Condition next) {
  const auto same = [&next](const Condition& c) { return c.type == next.type; };
  const auto found = std::find_if(conditions.begin(), conditions.end(), same);
  if (found == conditions.end()) {
    conditions.push_back(std::move(next));
    return;
  }
  if (found->status == next.status) next.last_transition = found->last_transition;
  *found = std::move(next);
}

void ClearCondition(std::vector<Condition>& conditions, const std::string& type) {
  std::erase_if(conditions, [&type](const Condition& c) { return c.type == type; });
}

}  // namespace slipway
