#include "reconciler/cli/fleet_plan.h"

#include <cstdio>

#include "reconciler/daemon/talos_schemas.h"

namespace slipway::cli {
namespace {

ExitCode Failed(const Error& error) { return static_cast<ExitCode>(Fail(error.message)); }

/// A renderer with what the flags give it; anything but kOk was said.
ExitCode MakeRenderer(const PlanFlags& flags, std::optional<Renderer>& renderer) {
  const auto decryptor = flags.identities.Load();
  if (!decryptor) return kCouldNotRun;
  auto schemas = LoadTalosSchemas(flags.schemas);
  if (!schemas) return Failed(schemas.error());
  renderer.emplace(*decryptor, std::move(*schemas));
  return kOk;
}

/// Takes over the tree that `opened` is, unless it is an error.
ExitCode LoadAndPlan(Result<std::unique_ptr<SourceTree>> opened, FleetLoader& loader, Renderer& renderer,
                     FleetPlan& fleet) {
  if (!opened) return Failed(opened.error());
  fleet.tree = std::move(*opened);
  auto loaded = loader.Load(*fleet.tree);
  if (!loaded) return Failed(loaded.error());
  fleet.loaded = std::move(*loaded);
  fleet.diagnostics = fleet.loaded.diagnostics;
  if (!fleet.loaded.fleet) return kOk;
  auto outcome = renderer.MakePlan(*fleet.loaded.fleet, *fleet.tree);
  if (!outcome) return Failed(outcome.error());
  fleet.diagnostics.insert(fleet.diagnostics.end(), outcome->diagnostics.begin(), outcome->diagnostics.end());
  SortDiagnostics(fleet.diagnostics);
  fleet.plan = std::move(outcome->plan);
  return kOk;
}

}  // namespace

void PlanFlags::AddTo(CLI::App& command) {
  identities.AddTo(command);
  command
      .add_option("--talos-schemas", schemas,
                  "folder with the JSON schemas of Talos' releases; configs are checked against them too")
      ->option_text("DIR");
}

ExitCode MakeFleetPlan(const FleetInput& input, const PlanFlags& flags, FleetPlan& fleet) {
  if (const ExitCode code = MakeRenderer(flags, fleet.renderer); code != kOk) return code;
  FleetLoader loader;
  return LoadAndPlan(input.Open(fleet.holder), loader, *fleet.renderer, fleet);
}

ExitCode MakeFleetPair(const FleetInput& base, const FleetInput& head, const PlanFlags& flags,
                       FleetPair& pair) {
  if (const ExitCode code = MakeRenderer(flags, pair.renderer); code != kOk) return code;
  const ExitCode code =
      LoadAndPlan(base.OpenWithGitIds(pair.base.holder), pair.loader, *pair.renderer, pair.base);
  if (code != kOk) return code;
  return LoadAndPlan(head.OpenWithGitIds(pair.head.holder), pair.loader, *pair.renderer, pair.head);
}

ExitCode PrintProblems(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics)
    std::fprintf(stderr, "%s\n", FormatText(diagnostic).c_str());
  return kFoundProblems;
}

}  // namespace slipway::cli
