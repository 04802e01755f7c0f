#include "reconciler/plan/change.h"

namespace slipway::plan {

bool QuorumChange::Breaks() const {
  if (members_before == 0) return false;
  const int lost = members_before - members_after + wiped;
  return members_before - lost < quorum_before();
}

}  // namespace slipway::plan
