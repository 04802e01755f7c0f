#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

#include "reconciler/cli/command.h"
#include "reconciler/talos/json_patch.h"
#include "reconciler/talos/merge.h"
#include "schema/fleet/codes.h"
#include "schema/fleet/talos_release.h"

namespace slipway::cli {
namespace {

struct Options {
  std::string file;
  std::vector<std::string> patches;
  std::string to;
  std::string version;
};

struct Input {
  std::string name;  ///< for messages
  std::string text;
};

std::optional<std::string> ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) return std::nullopt;
  return text;
}

/// `@file`, or a text; a word that can be no patch names a file too. Source: configpatcher/load.go.
std::optional<Input> ReadPatch(const std::string& argument, size_t number) {
  const bool word = argument.find_first_of("\n ") == std::string::npos && !argument.starts_with('[') &&
                    !argument.starts_with('{');
  if (!argument.starts_with('@') && !word) return Input{"patch " + std::to_string(number), argument};
  std::string path = argument.starts_with('@') ? argument.substr(1) : argument;
  auto text = ReadWhole(path);
  if (!text) return std::nullopt;
  return Input{std::move(path), *std::move(text)};
}

int Report(const Input& input, const talos::Problems& problems, int code) {
  for (const talos::ConfigError& problem : problems) {
    const Diagnostic shown{input.name, problem.mark, code, Severity::kError, problem.message, problem.fix};
    std::fprintf(stderr, "%s\n", FormatText(shown).c_str());
  }
  return kFoundProblems;
}

/// A text with how its scalars stand in it; problems are printed.
std::optional<yaml::Stream> Parse(const Input& input) {
  yaml::Stream stream = yaml::Read(input.text, input.name, {}, yaml::Sources::kKeep);
  for (const Diagnostic& problem : stream.problems) std::fprintf(stderr, "%s\n", FormatText(problem).c_str());
  if (!stream.problems.empty()) return std::nullopt;
  return stream;
}

talos::Documents RootsOf(yaml::Stream& stream) {
  talos::Documents documents;
  for (yaml::Document& document : stream.documents) documents.push_back(std::move(document.root));
  return documents;
}

/// A config holds secrets: a new file is its owner's alone.
bool WriteWhole(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return false;
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(file, text.data() + done, text.size() - done);
    if (count <= 0) break;
    done += static_cast<size_t>(count);
  }
  return ::close(file) == 0 && done == text.size();
}

int Patch(const Options& options) {
  int minor = talos::kNewestMinor;
  if (!options.version.empty()) {
    const auto version = ParseKnownTalosVersion(options.version);
    if (!version) return Fail("--talos-version must be one from v1.8 to v1.14");
    minor = version->minor;
  }
  const talos::TypeModel& model = talos::TypeModel::Of(minor);
  const auto text = ReadWhole(options.file);
  if (!text) return Fail("cannot read " + options.file);
  const Input config{options.file, *text};
  std::vector<Input> patches;
  for (const std::string& argument : options.patches) {
    auto patch = ReadPatch(argument, patches.size() + 1);
    if (!patch)
      return Fail("cannot read the patch file " + argument.substr(argument.starts_with('@') ? 1 : 0));
    patches.push_back(*std::move(patch));
  }

  auto stream = Parse(config);
  if (!stream) return kFoundProblems;
  std::vector<talos::ConfigPatch> loaded;
  for (const Input& input : patches) {
    auto parts = Parse(input);
    if (!parts) return kFoundProblems;
    auto patch = talos::LoadPatch(RootsOf(*parts), model,
                                  parts->json ? talos::Notation::kJson : talos::Notation::kYaml);
    if (!patch) return Report(input, patch.error(), code::kPatchRefused);
    loaded.push_back(*std::move(patch));
  }
  // talosctl hands the bare text to a JSON patch that comes first, and a decoded config to all others.
  const bool bare = !loaded.empty() && std::holds_alternative<talos::JsonPatch>(loaded.front());
  for (yaml::Document& document : stream->documents) {
    if (bare) talos::ToJsonText(document);
  }
  talos::Documents documents = RootsOf(*stream);
  if (!bare) {
    const talos::Problems problems = talos::Decode(documents, model, talos::Purpose::kConfig);
    if (!problems.empty()) return Report(config, problems, code::kBaseConfig);
  }
  for (size_t i = 0; i < loaded.size(); ++i) {
    const auto done = talos::ApplyPatch(documents, loaded[i], model);
    if (!done) return Report(patches[i], {done.error()}, code::kPatchRefused);
  }
  std::vector<const yaml::Value*> order;
  for (const yaml::Value& document : documents) order.push_back(&document);
  const std::string patched = yaml::Write(order);
  if (options.to.empty() || options.to == "-") {
    return std::fwrite(patched.data(), 1, patched.size(), stdout) == patched.size() ? kOk : kCouldNotRun;
  }
  return WriteWhole(options.to, patched) ? kOk : Fail("cannot write " + options.to);
}

}  // namespace

void AddTalosPatch(CLI::App& talos, Run& run) {
  CLI::App* command = talos.add_subcommand("patch", "Apply patches to a machine config, as talosctl does");
  command->footer(
      "slipway talos patch controlplane.yaml --patch @nvme.yaml --patch '{\"machine\": {\"token\": "
      "\"a.b\"}}'");
  const auto options = std::make_shared<Options>();
  command->add_option("FILE", options->file, "the machine config")->required();
  command
      ->add_option("-p,--patch", options->patches,
                   "a strategic merge patch or a JSON patch, as JSON or YAML: @FILE, or the text itself; may "
                   "be repeated")
      ->allow_extra_args(false)
      ->required();
  command->add_option("-o,--output", options->to, "write here instead of to standard output");
  command->add_option("--talos-version", options->version, "whose types and rules hold (default: v1.14)");
  command->callback([&run, options] { run = [options] { return Patch(*options); }; });
}

}  // namespace slipway::cli
