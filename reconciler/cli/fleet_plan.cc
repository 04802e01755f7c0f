#include "reconciler/cli/fleet_plan.h"

#include <cstdio>

namespace slipway::cli {

namespace {

ExitCode ReadAndPlan(const FleetInput& input, FleetLoader& loader, Renderer& renderer, FleetPlan& fleet) {
  const auto failed = [](const Error& error) { return static_cast<ExitCode>(Fail(error.message)); };
  auto tree = input.Open(fleet.holder);
  if (!tree) return failed(tree.error());
  fleet.tree = std::move(*tree);
  auto loaded = loader.Load(*fleet.tree);
  if (!loaded) return failed(loaded.error());
  fleet.loaded = std::move(*loaded);
  fleet.diagnostics = fleet.loaded.diagnostics;
  if (!fleet.loaded.fleet) return kOk;
  auto outcome = renderer.MakePlan(*fleet.loaded.fleet, *fleet.tree);
  if (!outcome) return failed(outcome.error());
  fleet.diagnostics.insert(fleet.diagnostics.end(), outcome->diagnostics.begin(), outcome->diagnostics.end());
  SortDiagnostics(fleet.diagnostics);
  fleet.plan = std::move(outcome->plan);
  return kOk;
}

}  // namespace

ExitCode MakeFleetPlan(const FleetInput& input, const IdentityFlags& identities, FleetPlan& fleet) {
  const auto decryptor = identities.Load();
  if (!decryptor) return kCouldNotRun;
  FleetLoader loader;
  return ReadAndPlan(input, loader, fleet.renderer.emplace(*decryptor), fleet);
}

ExitCode MakeFleetPair(const FleetInput& base, const FleetInput& head, const IdentityFlags& identities,
                       FleetPair& pair) {
  const auto decryptor = identities.Load();
  if (!decryptor) return kCouldNotRun;
  Renderer& renderer = pair.renderer.emplace(*decryptor);
  const ExitCode code = ReadAndPlan(base, pair.loader, renderer, pair.base);
  return code != kOk ? code : ReadAndPlan(head, pair.loader, renderer, pair.head);
}

ExitCode PrintProblems(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics)
    std::fprintf(stderr, "%s\n", FormatText(diagnostic).c_str());
  return kFoundProblems;
}

}  // namespace slipway::cli
