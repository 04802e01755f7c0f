#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "reconciler/cli/command.h"
#include "reconciler/cli/fleet_input.h"
#include "reconciler/cli/identity_flags.h"
#include "reconciler/daemon/files.h"
#include "reconciler/render/renderer.h"
#include "schema/fleet/load.h"

namespace slipway::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  FleetInput input;
  IdentityFlags identities;
  std::string to;
  Output output = Output::kText;
};

ExitCode PrintProblems(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics)
    std::fprintf(stderr, "%s\n", FormatText(diagnostic).c_str());
  return kFoundProblems;
}

/// Machine configs hold secrets: nobody else may read them, not even while they are written.
Result<void> WriteFile(const fs::path& path, const std::string& bytes) {
  if (const auto made = MakeFolder(path.parent_path().string()); !made) return made;
  return ReplaceFile(path.string(), bytes, Durability::kAtomicOnly);
}

int Render(const Options& options) {
  const auto decryptor = options.identities.Load();
  if (!decryptor) return kCouldNotRun;
  std::unique_ptr<GitSource> holder;
  const auto tree = options.input.Open(holder);
  if (!tree) return Fail(tree.error().message);
  FleetLoader loader;
  const auto loaded = loader.Load(**tree);
  if (!loaded) return Fail(loaded.error().message);
  if (!loaded->fleet) return PrintProblems(loaded->diagnostics);
  Renderer renderer(*decryptor);
  const auto outcome = renderer.MakePlan(*loaded->fleet, **tree);
  if (!outcome) return Fail(outcome.error().message);
  if (!outcome->plan) return PrintProblems(outcome->diagnostics);
  Diagnostics warnings = loaded->diagnostics;  // nothing is an error here
  warnings.insert(warnings.end(), outcome->diagnostics.begin(), outcome->diagnostics.end());
  SortDiagnostics(warnings);
  PrintProblems(warnings);
  const Diagnostics problems = Renderer::Check(*outcome->plan);
  if (HasErrors(problems)) return PrintProblems(problems);

  const RenderedTree& rendered = outcome->plan->tree;
  nlohmann::json listing = nlohmann::json::array();
  for (size_t i = 0; i < rendered.items.size(); ++i) {
    const RenderedItem& item = rendered.items[i];
    if (item.from == RenderedItem::From::kAsset) {
      listing.push_back({{"path", item.path}, {"sha256", item.digest.ToHex()}, {"asset", true}});
      continue;
    }
    const auto bytes = rendered.produce(i);
    if (!bytes) return Fail(bytes.error().message);
    if (auto written = WriteFile(fs::path(options.to) / item.path, *bytes); !written) {
      return Fail(written.error().message);
    }
    listing.push_back({{"path", item.path}, {"sha256", Sha256::Of(*bytes).ToHex()}, {"asset", false}});
  }
  if (options.output == Output::kJson) {
    std::puts(listing.dump(1).c_str());
    return kOk;
  }
  for (const auto& file : listing) {
    std::printf("%s  %s%s\n", file["sha256"].get<std::string>().c_str(),
                file["path"].get<std::string>().c_str(),
                file["asset"].get<bool>() ? "  (asset, not downloaded)" : "");
  }
  return kOk;
}

}  // namespace

void AddRender(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("render", "Write every script and config of a fleet to a folder");
  command->footer("The bytes are those that the daemon would serve. Assets are listed, not downloaded.");
  const auto options = std::make_shared<Options>();
  options->input.AddTo(*command);
  options->identities.AddTo(*command);
  command->add_option("--to", options->to, "folder to write to")->required();
  AddOutputFlag(*command, options->output, {"text", "json"});
  command->callback([&run, options] { run = [options] { return Render(*options); }; });
}

}  // namespace slipway::cli
