#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>

#include "reconciler/cli/command.h"
#include "reconciler/cli/fleet_plan.h"
#include "reconciler/daemon/files.h"
#include "reconciler/talos/decode.h"
#include "reconciler/talos/official_schema.h"
#include "reconciler/talos/validation.h"
#include "schema/fleet/codes.h"
#include "schema/fleet/talos_release.h"

namespace slipway::cli {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string mode = "metal";
  std::string version;
  std::string schema;
  bool strict = false;
  Output output = Output::kText;
};

const std::map<std::string, talos::RuntimeMode> kModes = {{"metal", talos::RuntimeMode::kMetal},
                                                          {"cloud", talos::RuntimeMode::kCloud},
                                                          {"container", talos::RuntimeMode::kContainer}};

using Schema = std::shared_ptr<const talos::OfficialSchema>;

/// False: the file could not be read.
bool Check(const std::string& path, const TalosVersion& version, const Schema& schema, const Options& options,
           Diagnostics& diagnostics) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return false;
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  yaml::Stream stream = yaml::Read(text, path);
  diagnostics.insert(diagnostics.end(), stream.problems.begin(), stream.problems.end());
  if (!stream.problems.empty()) return true;
  talos::Documents documents;
  for (yaml::Document& document : stream.documents) documents.push_back(std::move(document.root));
  if (documents.empty()) {
    diagnostics.push_back(
        {path, {}, code::kMachineConfig, Severity::kError, "the file holds no config", "write one"});
  }
  const auto problems =
      talos::Decode(documents, talos::TypeModel::Of(version.minor), talos::Purpose::kConfig);
  for (const talos::ConfigError& problem : problems) {
    diagnostics.push_back(
        {path, problem.mark, code::kMachineConfig, Severity::kError, problem.message, problem.fix});
  }
  if (!problems.empty()) return true;
  const auto findings = talos::Validate(documents, version, kModes.at(options.mode));
  for (const talos::Finding& finding : findings) {
    const Severity severity = options.strict ? Severity::kError : finding.severity;
    diagnostics.push_back({path, finding.mark, code::kMachineConfig, severity, finding.message, finding.fix});
  }
  if (schema == nullptr) return true;
  for (const talos::Finding& finding : talos::WithoutPlacesOf(findings, schema->Check(documents)))
    diagnostics.push_back(
        {path, finding.mark, code::kOfficialSchema, finding.severity, finding.message, finding.fix});
  return true;
}

/// kOk, and the schema where one is asked for; anything else was said.
ExitCode ReadSchema(const Options& options, const TalosVersion* version, Schema& schema) {
  if (options.schema.empty()) return kOk;
  const auto text = ReadSmallFile(options.schema);
  if (!text || !*text) return static_cast<ExitCode>(Fail("cannot read " + options.schema));
  auto parsed = talos::OfficialSchema::Parse(**text);
  if (!parsed) {
    return PrintProblems({{options.schema, parsed.error().mark, code::kUnusableSchema, Severity::kError,
                           "this is no schema of Talos that can be used: " + parsed.error().message,
                           "give config.schema.json of the release"}});
  }
  if (version != nullptr && (*parsed)->minor() != version->minor) {
    return PrintProblems({{options.schema,
                           {},
                           code::kSchemaOfOtherVersion,
                           Severity::kError,
                           "the schema is that of Talos 1." + std::to_string((*parsed)->minor()) +
                               ", --talos-version says " + version->ToString(),
                           "take the schema of that version"}});
  }
  schema = std::move(*parsed);
  return kOk;
}

int Validate(const Options& options) {
  TalosVersion version{1, talos::kNewestMinor, 0, ""};
  if (!options.version.empty()) {
    const auto parsed = ParseKnownTalosVersion(options.version);
    if (!parsed) return Fail("--talos-version must be one from v1.8 to v1.14");
    version = *parsed;
  }
  Schema schema;
  if (const ExitCode code = ReadSchema(options, options.version.empty() ? nullptr : &version, schema);
      code != kOk)
    return code;
  if (schema != nullptr) version.minor = schema->minor();
  Diagnostics diagnostics;
  for (const std::string& path : options.files) {
    if (!Check(path, version, schema, options, diagnostics)) return Fail("cannot read " + path);
  }
  SortDiagnostics(diagnostics);
  if (options.output == Output::kJson) {
    std::puts(FormatJson(diagnostics).c_str());
  } else if (options.output == Output::kSarif) {
    std::puts(FormatSarif(diagnostics).c_str());
  } else {
    for (const Diagnostic& diagnostic : diagnostics) std::puts(FormatText(diagnostic).c_str());
    if (!HasErrors(diagnostics)) {
      for (const std::string& path : options.files) {
        std::printf("%s is valid for %s mode\n", path.c_str(), options.mode.c_str());
      }
    }
  }
  return HasErrors(diagnostics) ? kFoundProblems : kOk;
}

}  // namespace

void AddTalosValidate(CLI::App& talos, Run& run) {
  CLI::App* command =
      talos.add_subcommand("validate", "Check whole machine configs as `talosctl validate` does");
  command->footer("Exit code 0: no errors; 1: problems; 2: could not read a file.");
  const auto options = std::make_shared<Options>();
  command->add_option("FILE,-c,--config", options->files, "machine configs")->required();
  command->add_option("-m,--mode", options->mode, "what the machine runs on: metal, cloud or container")
      ->check(CLI::IsMember({"metal", "cloud", "container"}))
      ->capture_default_str();
  command->add_option("--talos-version", options->version,
                      "the Talos that is to read it, like v1.13; default: the schema's, or the newest");
  command
      ->add_option("--schema", options->schema,
                   "the JSON schema of that Talos, to be checked against as well")
      ->option_text("FILE");
  command->add_flag("--strict", options->strict, "warnings are errors");
  AddOutputFlag(*command, options->output, {"text", "json", "sarif"});
  command->callback([&run, options] { run = [options] { return Validate(*options); }; });
}

}  // namespace slipway::cli
