#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "reconciler/cli/command.h"
#include "reconciler/cli/identity_flags.h"
#include "reconciler/daemon/files.h"
#include "reconciler/import/talhelper.h"
#include "reconciler/import/talosctl.h"

namespace slipway::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  IdentityFlags identities;
  std::string from;
  std::string to = "fleet";
  bool force = false;
};

/// Writes the files, secret ones for the user alone; nothing is written when one is there already.
Result<void> WriteFiles(const imports::Imported& imported, const Options& options) {
  const fs::path folder = options.to;
  if (!options.force) {
    for (const auto& [path, bytes] : imported.files) {
      if (fs::exists(folder / path)) {
        return FixInput((folder / path).string() +
                        " is there already: choose another folder with -o, or give --force");
      }
    }
  }
  ::umask(S_IRWXG | S_IRWXO);
  for (const auto& [path, bytes] : imported.files) {
    const fs::path target = folder / path;
    if (const auto made = MakeFolder(target.parent_path().string()); !made) return made;
    if (const auto done = ReplaceFile(target.string(), bytes, Durability::kAtomicOnly); !done) return done;
  }
  return {};
}

int Finish(const Result<imports::Imported>& imported, const Options& options) {
  if (!imported) return Fail(imported.error().message);
  if (const auto written = WriteFiles(*imported, options); !written) return Fail(written.error().message);
  for (const auto& [path, bytes] : imported->files) {
    std::printf("%s\n", (fs::path(options.to) / path).string().c_str());
  }
  for (const imports::Remark& remark : imported->remarks) {
    std::fprintf(stderr, "%s\n", imports::FormatRemark(remark).c_str());
  }
  return imported->Complete() ? kOk : kFoundProblems;
}

imports::ReadFile ReaderOf(const fs::path& folder) {
  return [folder](const std::string& path) { return ReadSmallFile((folder / path).string()); };
}

int ImportTalhelper(const Options& options) {
  imports::TalhelperInput input;
  input.environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  const auto decryptor = options.identities.Load();
  if (!decryptor) return kCouldNotRun;
  input.decryptor = *decryptor;
  auto config = ReadSmallFile(options.from);
  if (!config) return Fail(config.error().message);
  if (!*config) return Fail(options.from + ": no such file");
  input.name = options.from;
  input.config = std::move(**config);
  input.read = ReaderOf(fs::path(options.from).parent_path());
  return Finish(imports::ImportTalhelper(input), options);
}

int ImportTalosctl(const Options& options) {
  imports::TalosctlInput input;
  const auto decryptor = options.identities.Load();
  if (!decryptor) return kCouldNotRun;
  input.decryptor = *decryptor;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(options.from, error)) {
    if (entry.is_regular_file(error)) input.files.push_back(entry.path().filename().string());
  }
  if (error) return Fail(options.from + ": " + error.message());
  std::sort(input.files.begin(), input.files.end());
  input.name = options.from;
  input.read = ReaderOf(options.from);
  return Finish(imports::ImportTalosctl(input), options);
}

std::shared_ptr<Options> AddTool(CLI::App& command, const char* place, const char* what) {
  const auto options = std::make_shared<Options>();
  command.add_option(place, options->from, what)->required();
  command.add_option("-o,--to", options->to, "folder to write the resources to")->capture_default_str();
  command.add_flag("--force", options->force, "replace files that are there already");
  return options;
}

}  // namespace

void AddImport(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("import", "Make Slipway resources of another tool's files");
  command->require_subcommand(1);
  command->footer(
      "What could not be carried over is listed with its place and what to do.\n"
      "Exit code 0: all was; 1: something was not; 2: could not run.");

  CLI::App* talhelper = command->add_subcommand("talhelper", "from a talconfig.yaml and the files beside it");
  const auto options = AddTool(*talhelper, "TALCONFIG", "the talconfig.yaml");
  options->identities.AddTo(*talhelper);
  talhelper->callback([&run, options] { run = [options] { return ImportTalhelper(*options); }; });

  CLI::App* talosctl = command->add_subcommand("talosctl", "from a folder that `talosctl gen config` wrote");
  const auto folder = AddTool(*talosctl, "DIR", "the folder with controlplane.yaml and worker.yaml");
  folder->identities.AddTo(*talosctl);
  talosctl->callback([&run, folder] { run = [folder] { return ImportTalosctl(*folder); }; });
}

}  // namespace slipway::cli
