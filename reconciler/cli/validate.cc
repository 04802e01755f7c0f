#include <cstdio>
#include <memory>

#include "reconciler/cli/command.h"
#include "reconciler/cli/fleet_input.h"
#include "reconciler/cli/identity_flags.h"
#include "reconciler/render/renderer.h"
#include "schema/fleet/load.h"

namespace slipway::cli {
namespace {

struct Options {
  FleetInput input;
  IdentityFlags identities;
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
  const auto decryptor = options.identities.Load();
  if (!decryptor) return kCouldNotRun;
  std::unique_ptr<GitSource> holder;
  const auto tree = options.input.Open(holder);
  if (!tree) return Fail(tree.error().message);
  FleetLoader loader;
  auto loaded = loader.Load(**tree);
  if (!loaded) return Fail(loaded.error().message);
  Diagnostics diagnostics = std::move(loaded->diagnostics);
  if (loaded->fleet) {
    // Base configs, patches and templates are part of what a merge approves: make every file once.
    Renderer renderer(*decryptor);
    const auto outcome = renderer.MakePlan(*loaded->fleet, **tree);
    if (!outcome) return Fail(outcome.error().message);
    diagnostics.insert(diagnostics.end(), outcome->diagnostics.begin(), outcome->diagnostics.end());
    if (outcome->plan) {
      const Diagnostics problems = Renderer::Check(*outcome->plan);
      diagnostics.insert(diagnostics.end(), problems.begin(), problems.end());
    }
    SortDiagnostics(diagnostics);
  }
  const bool good = !HasErrors(diagnostics);
  Print(diagnostics, options.output, good ? &*loaded->fleet : nullptr);
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
  options->identities.AddTo(*command);
  AddOutputFlag(*command, options->output, {"text", "json", "sarif"});
  command->callback([&run, options] { run = [options] { return Validate(*options); }; });
}

}  // namespace slipway::cli
