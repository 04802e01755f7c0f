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
ExitCode TakeTree(Result<std::unique_ptr<SourceTree>> opened, FleetPlan& fleet) {
  if (!opened) return Failed(opened.error());
  fleet.tree = std::move(*opened);
  return kOk;
}

ExitCode WalkTree(FleetLoader& loader, Renderer& renderer, FleetPlan& fleet) {
  auto walked = plan::Walk(*fleet.tree, loader, renderer);
  if (!walked) return Failed(walked.error());
  fleet.walked = std::move(*walked);
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
  if (const ExitCode code = TakeTree(input.Open(fleet.holder), fleet); code != kOk) return code;
  FleetLoader loader;
  return WalkTree(loader, *fleet.renderer, fleet);
}

ExitCode OpenFleetPair(const FleetInput& base, const FleetInput& head, const PlanFlags& flags,
                       FleetPair& pair) {
  if (const ExitCode code = MakeRenderer(flags, pair.renderer); code != kOk) return code;
  const ExitCode code = TakeTree(base.OpenWithGitIds(pair.base.holder), pair.base);
  return code != kOk ? code : TakeTree(head.OpenWithGitIds(pair.head.holder), pair.head);
}

ExitCode WalkFleetPair(FleetPair& pair) {
  const ExitCode code = WalkTree(pair.loader, *pair.renderer, pair.base);
  return code != kOk ? code : WalkTree(pair.loader, *pair.renderer, pair.head);
}

ExitCode PrintProblems(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics)
    std::fprintf(stderr, "%s\n", FormatText(diagnostic).c_str());
  return kFoundProblems;
}

}  // namespace slipway::cli
