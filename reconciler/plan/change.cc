#include "reconciler/plan/change.h"

namespace slipway::plan {

std::string_view ToString(Effect effect) {
  switch (effect) {
    case Effect::kWipe:
      return "wipe";
    case Effect::kControlPlaneRemoved:
      return "control-plane-removed";
    case Effect::kReinstall:
      return "reinstall";
    case Effect::kWithdrawn:
      return "withdrawn";
    case Effect::kApproved:
      return "approved";
    case Effect::kRoleChanged:
      return "role-changed";
    case Effect::kAddressMoves:
      return "address-moves";
    case Effect::kMacsChanged:
      return "macs-changed";
    case Effect::kTalosVersion:
      return "talos-version";
    case Effect::kNextBoot:
      return "next-boot";
    case Effect::kAtReinstall:
      return "at-reinstall";
  }
  return "";
}

bool QuorumChange::Breaks() const {
  if (members_before == 0) return false;
  const int lost = members_before - members_after + wiped;
  return members_before - lost < quorum_before();
}

}  // namespace slipway::plan
