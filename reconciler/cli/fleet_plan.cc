#include "reconciler/cli/fleet_plan.h"

#include <cstdio>

namespace slipway::cli {

ExitCode MakeFleetPlan(const FleetInput& input, const IdentityFlags& identities, FleetPlan& fleet) {
  const auto failed = [](const Error& error) { return static_cast<ExitCode>(Fail(error.message)); };
  const auto decryptor = identities.Load();
  if (!decryptor) return kCouldNotRun;
  auto tree = input.Open(fleet.holder);
  if (!tree) return failed(tree.error());
  fleet.tree = std::move(*tree);
  FleetLoader loader;
  auto loaded = loader.Load(*fleet.tree);
  if (!loaded) return failed(loaded.error());
  fleet.loaded = std::move(*loaded);
  fleet.diagnostics = fleet.loaded.diagnostics;
  if (!fleet.loaded.fleet) return kOk;
  auto outcome = fleet.renderer.emplace(*decryptor).MakePlan(*fleet.loaded.fleet, *fleet.tree);
  if (!outcome) return failed(outcome.error());
  fleet.diagnostics.insert(fleet.diagnostics.end(), outcome->diagnostics.begin(), outcome->diagnostics.end());
  SortDiagnostics(fleet.diagnostics);
  fleet.plan = std::move(outcome->plan);
  return kOk;
}

ExitCode PrintProblems(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics)
    std::fprintf(stderr, "%s\n", FormatText(diagnostic).c_str());
  return kFoundProblems;
}

}  // namespace slipway::cli
