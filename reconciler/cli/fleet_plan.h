#pragma once

#include <memory>
#include <optional>
#include <string>

#include "reconciler/cli/fleet_input.h"
#include "reconciler/cli/identity_flags.h"
#include "reconciler/render/renderer.h"
#include "schema/fleet/load.h"

namespace slipway::cli {

/// Flags of the commands that plan a fleet.
struct PlanFlags {
  IdentityFlags identities;
  std::string schemas;  ///< folder of Talos' official schemas

  void AddTo(CLI::App& command);
};

/// A fleet on the way from its files to a plan, and all that the plan stands on. Neither copied nor moved.
struct FleetPlan {
  FleetHolder holder;
  std::unique_ptr<SourceTree> tree;
  LoadOutcome loaded;
  std::optional<Renderer> renderer;
  std::optional<Renderer::Plan> plan;
  Diagnostics
      diagnostics;  ///< of loading and of planning, sorted; `plan` is there if and only if none is an error
};

/// Reads, loads and plans into `fleet`. Anything but kOk: it could not be read, which was said on standard
/// error. Problems in what was read are in `fleet.diagnostics`.
ExitCode MakeFleetPlan(const FleetInput& input, const PlanFlags& flags, FleetPlan& fleet);

/// Two fleets out of one loader and one renderer, so that what they share is read and prepared once.
struct FleetPair {
  FleetLoader loader;
  std::optional<Renderer> renderer;
  FleetPlan base;
  FleetPlan head;
};

/// Likewise for both, the base first.
ExitCode MakeFleetPair(const FleetInput& base, const FleetInput& head, const PlanFlags& flags,
                       FleetPair& pair);

/// On standard error, a line each. Returns kFoundProblems.
ExitCode PrintProblems(const Diagnostics& diagnostics);

}  // namespace slipway::cli
