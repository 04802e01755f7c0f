#include "reconciler/render/trace.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "reconciler/cli/command.h"
#include "reconciler/cli/fleet_plan.h"

namespace slipway::cli {
namespace {

struct Options {
  std::string node;
  std::string path;
  FleetInput input;
  PlanFlags flags;
  Output output = Output::kText;
};

/// `path` names the field itself, or one above it; of another document it begins with the document and a
/// colon.
bool IsAt(const TracedField& field, const std::string& path) {
  const std::string whole = field.document.empty() ? field.path : field.document + ':' + field.path;
  if (path.empty()) return true;
  for (const std::string& name : {whole, field.document}) {
    if (!name.starts_with(path)) continue;
    const char next = name.size() == path.size() ? '.' : name[path.size()];
    if (next == '.' || next == '[' || next == ':' || path.ends_with(':')) return true;
  }
  return false;
}

std::string PlaceOf(const TracedField& field) {
  if (field.file.empty()) return "default of Talos";
  std::string place = field.file;
  if (field.mark.line > 0)
    place += ':' + std::to_string(field.mark.line) + ':' + std::to_string(field.mark.column);
  return place;
}

void Print(const std::vector<TracedField>& fields, Output output) {
  if (output == Output::kJson) {
    nlohmann::json list = nlohmann::json::array();
    for (const TracedField& field : fields) {
      list.push_back({{"document", field.document},
                      {"path", field.path},
                      {"file", field.file},
                      {"line", field.mark.line},
                      {"column", field.mark.column}});
    }
    std::puts(list.dump(1).c_str());
    return;
  }
  size_t width = 0;
  for (const TracedField& field : fields) width = std::max(width, std::min<size_t>(field.path.size(), 60));
  const std::string* document = nullptr;
  for (const TracedField& field : fields) {
    if (document == nullptr || *document != field.document) {
      if (!field.document.empty()) std::printf("%s:\n", field.document.c_str());
      document = &field.document;
    }
    std::printf("%s%-*s  %s\n", field.document.empty() ? "" : "  ", static_cast<int>(width),
                field.path.c_str(), PlaceOf(field).c_str());
  }
}

int Trace(const Options& options) {
  FleetPlan fleet;
  if (const ExitCode code = MakeFleetPlan(options.input, options.flags, fleet); code != kOk) return code;
  if (!fleet.walked->plan) return PrintProblems(fleet.walked->diagnostics);
  auto fields = TraceNode(*fleet.walked->plan, options.node);
  if (!fields) return PrintProblems({fields.error()});
  if (fields->empty()) return Fail("there is no node '" + options.node + "' in this fleet", kFoundProblems);
  std::erase_if(*fields, [&options](const TracedField& field) { return !IsAt(field, options.path); });
  if (fields->empty())
    return Fail("the config of " + options.node + " has no field '" + options.path + "'", kFoundProblems);
  Print(*fields, options.output);
  return kOk;
}

}  // namespace

void AddTrace(CLI::App& app, Run& run) {
  CLI::App* command =
      app.add_subcommand("trace", "Say which file and line set each field of a node's machine config");
  command->footer(
      "PATH is a field or one above it: machine.network, LinkConfig/slipway0:addresses, BondConfig.\n"
      "Values are not printed: many of them are secrets.");
  const auto options = std::make_shared<Options>();
  command->add_option("NODE", options->node, "name of a Node")->required();
  command->add_option("PATH", options->path, "only this field and what is below it");
  options->input.AddTo(*command, "--fleet");
  options->flags.AddTo(*command);
  AddOutputFlag(*command, options->output, {"text", "json"});
  command->callback([&run, options] { run = [options] { return Trace(*options); }; });
}

}  // namespace slipway::cli
