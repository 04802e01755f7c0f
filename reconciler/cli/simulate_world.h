#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bootnet/simulate/dialogue.h"
#include "reconciler/cli/fleet_plan.h"

namespace slipway::cli {

/// What a simulated machine meets, and all that it stands on.
struct SimulatedWorld {
  std::unique_ptr<FleetPlan> fleet;  ///< only where it is a folder's or a revision's
  simulate::World world;
};

/// What the daemon with this state directory serves now, with its blocks and its install ledger.
Result<SimulatedWorld> ServedWorld(const std::string& state_dir,
                                   const std::vector<std::string>& program_dirs);

/// What would be served if a folder or a revision were; no machine is blocked or installed in it. Nothing
/// where it could not be read or holds errors, which were printed.
std::optional<SimulatedWorld> PlannedWorld(const FleetInput& input, const PlanFlags& flags,
                                           const std::vector<std::string>& program_dirs);

}  // namespace slipway::cli
