#include "schema/fleet/effect.h"

namespace slipway {

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

std::optional<Effect> ParseEffect(std::string_view text) {
  for (auto effect = Effect::kWipe; effect <= Effect::kAtReinstall;
       effect = static_cast<Effect>(static_cast<uint8_t>(effect) + 1)) {
    if (ToString(effect) == text) return effect;
  }
  return std::nullopt;
}

}  // namespace slipway
