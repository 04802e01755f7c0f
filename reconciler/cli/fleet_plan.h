#pragma once

#include <memory>
#include <optional>
#include <string>

#include "reconciler/cli/fleet_input.h"
#include "reconciler/cli/identity_flags.h"
#include "reconciler/plan/walk.h"

namespace slipway::cli {

/// Flags of the commands that plan a fleet.
struct PlanFlags {
  IdentityFlags identities;
  std::string schemas;  ///< folder of Talos' official schemas

  void AddTo(CLI::App& command);
};

/// A fleet on the way from its files to a plan, and all that the plan stands on.
struct FleetPlan {
  FleetHolder holder;
  std::unique_ptr<SourceTree> tree;
  std::optional<Renderer> renderer;
  std::unique_ptr<const plan::Walked> walked;
};

/// Reads, loads and plans into `fleet`. Anything but kOk: it could not be read, which was said on standard
/// error. Problems in what was read are in `fleet.walked->diagnostics`.
ExitCode MakeFleetPlan(const FleetInput& input, const PlanFlags& flags, FleetPlan& fleet);

/// Two fleets out of one loader and one renderer, so that what they share is read and prepared once.
struct FleetPair {
  FleetLoader loader;
  std::optional<Renderer> renderer;
  FleetPlan base;
  FleetPlan head;
};

/// Lists the files of both, with ids of Git's, and makes the renderer.
ExitCode OpenFleetPair(const FleetInput& base, const FleetInput& head, const PlanFlags& flags,
                       FleetPair& pair);
/// Loads and plans both, the base first.
ExitCode WalkFleetPair(FleetPair& pair);

/// On standard error, a line each. Returns kFoundProblems.
ExitCode PrintProblems(const Diagnostics& diagnostics);

}  // namespace slipway::cli
