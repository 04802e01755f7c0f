#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "reconciler/cli/command.h"
#include "reconciler/cli/fleet_plan.h"
#include "reconciler/daemon/files.h"

namespace slipway::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  FleetInput input;
  PlanFlags flags;
  std::string to;
  Output output = Output::kText;
};

/// Machine configs hold secrets: nobody else may read them, not even while they are written.
Result<void> WriteFile(const fs::path& path, const std::string& bytes) {
  if (const auto made = MakeFolder(path.parent_path().string()); !made) return made;
  return ReplaceFile(path.string(), bytes, Durability::kAtomicOnly);
}

int Render(const Options& options) {
  FleetPlan fleet;
  if (const ExitCode code = MakeFleetPlan(options.input, options.flags, fleet); code != kOk) return code;
  if (!fleet.walked->plan) return PrintProblems(fleet.walked->diagnostics);
  PrintProblems(fleet.walked->diagnostics);  // warnings: nothing is an error here
  const Diagnostics problems = Renderer::Check(*fleet.walked->plan);
  if (HasErrors(problems)) return PrintProblems(problems);

  const RenderedTree& rendered = fleet.walked->plan->tree;
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
  options->flags.AddTo(*command);
  command->add_option("--to", options->to, "folder to write to")->required();
  AddOutputFlag(*command, options->output, {"text", "json"});
  command->callback([&run, options] { run = [options] { return Render(*options); }; });
}

}  // namespace slipway::cli
