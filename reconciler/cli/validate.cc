#include <cstdio>
#include <memory>

#include "reconciler/cli/command.h"
#include "reconciler/cli/fleet_plan.h"

namespace slipway::cli {
namespace {

struct Options {
  FleetInput input;
  PlanFlags flags;
  Output output = Output::kText;
};

void Print(const Diagnostics& diagnostics, Output output, const Fleet* fleet) {
  if (output == Output::kJson) {
    std::puts(FormatJson(diagnostics).c_str());
  } else if (output == Output::kSarif) {
    std::puts(FormatSarif(diagnostics).c_str());
  } else {
    for (const Diagnostic& diagnostic : diagnostics) std::puts(FormatText(diagnostic).c_str());
    if (fleet != nullptr) {
      const size_t clusters = fleet->clusters.size();
      const size_t nodes = fleet->nodes.size();
      std::printf("ok: site %s, %zu cluster%s, %zu node%s\n", fleet->site->name.c_str(), clusters,
                  clusters == 1 ? "" : "s", nodes, nodes == 1 ? "" : "s");
    } else {
      std::printf("%zu problem%s; `slipway explain CODE` says more\n", diagnostics.size(),
                  diagnostics.size() == 1 ? "" : "s");
    }
  }
}

int Validate(const Options& options) {
  FleetPlan fleet;
  if (const ExitCode code = MakeFleetPlan(options.input, options.flags, fleet); code != kOk) return code;
  Diagnostics diagnostics = fleet.walked->diagnostics;
  if (fleet.walked->plan) {
    // Base configs, patches and templates are part of what a merge approves: make every file once.
    const Diagnostics problems = Renderer::Check(*fleet.walked->plan);
    diagnostics.insert(diagnostics.end(), problems.begin(), problems.end());
    SortDiagnostics(diagnostics);
  }
  const bool good = !HasErrors(diagnostics);
  Print(diagnostics, options.output, good ? &*fleet.walked->loaded.fleet : nullptr);
  return good ? kOk : kFoundProblems;
}

}  // namespace

void AddValidate(CLI::App& app, Run& run) {
  CLI::App* command =
      app.add_subcommand("validate", "Check a fleet repository and report every problem at once");
  command->footer(
      "Exit code 0: no errors; 1: problems; 2: could not read it. SARIF is what code forges show on lines.");
  const auto options = std::make_shared<Options>();
  options->input.AddTo(*command);
  options->flags.AddTo(*command);
  AddOutputFlag(*command, options->output, {"text", "json", "sarif"});
  command->callback([&run, options] { run = [options] { return Validate(*options); }; });
}

}  // namespace slipway::cli
