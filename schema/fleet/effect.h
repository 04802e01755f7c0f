#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace slipway {

/// What happens to a machine when a revision is served, the most dangerous first: that is the order in which
/// people read it.
enum class Effect : uint8_t {
  kWipe,                 ///< its disk is wiped at its next network boot
  kControlPlaneRemoved,  ///< it leaves a cluster's etcd
  kReinstall,            ///< install.revision was raised
  kWithdrawn,            ///< its approval ends
  kApproved,             ///< it is new: it may install
  kRoleChanged,
  kAddressMoves,
  kMacsChanged,
  kTalosVersion,
  kNextBoot,     ///< scripts, kernel or arguments: counts from the next network boot on
  kAtReinstall,  ///< its config: an installed Talos keeps the one it has
};
/// "wipe", "control-plane-removed", …: what `--fail-on` and `kinds` of a maintenance window take.
std::string_view ToString(Effect effect);
std::optional<Effect> ParseEffect(std::string_view text);

}  // namespace slipway
