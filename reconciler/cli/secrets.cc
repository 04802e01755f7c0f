#include <ctime>
#include <memory>

#include "reconciler/cli/bundle_input.h"
#include "reconciler/cli/command.h"
#include "reconciler/cli/identity_flags.h"
#include "reconciler/cli/secret_file.h"
#include "reconciler/talos/bundle_from_config.h"
#include "reconciler/talos/bundle_new.h"
#include "schema/fleet/talos_release.h"

namespace slipway::cli {
namespace {

struct Options {
  std::string output = "secrets.yaml";
  std::string talos_version = "v1." + std::to_string(kNewestTalosMinor) + ".0";
  std::string control_plane;
  IdentityFlags identities;
  bool force = false;
};

int Write(const talos::Bundle& bundle, const Options& options) {
  const auto written = WriteSecretFile(options.output, yaml::Write(talos::WriteBundle(bundle)),
                                       options.force ? Existing::kReplace : Existing::kKeep);
  if (!written) {
    return Fail(written.error().message,
                written.error().reaction == Reaction::kFixInput ? kFoundProblems : kCouldNotRun);
  }
  return kOk;
}

int FromConfig(const Options& options) {
  const auto decryptor = options.identities.Load();
  if (!decryptor) return kCouldNotRun;
  auto read = ReadYamlInput(options.control_plane, *decryptor);
  if (!read) return kFoundProblems;
  talos::Documents documents;
  for (yaml::Document& document : *read) documents.push_back(std::move(document.root));
  const auto bundle = talos::BundleFromConfig(documents);
  if (bundle) return Write(*bundle, options);
  PrintBundleProblems(options.control_plane, bundle.error());
  return kFoundProblems;
}

int New(const Options& options) {
  if (!options.control_plane.empty()) return FromConfig(options);
  const auto version = ReadTalosVersion(options.talos_version);
  if (!version) return kFoundProblems;
  const auto bundle = talos::MakeBundle(*version, std::time(nullptr), talos::DrawRandom);
  if (!bundle) return Fail(bundle.error().message);
  return Write(*bundle, options);
}

}  // namespace

void AddSecrets(CLI::App& app, Run& run) {
  CLI::App* group = app.add_subcommand("secrets", "Make the secrets of a cluster");
  group->require_subcommand(1);
  CLI::App* command = group->add_subcommand("new", "Make a secrets bundle, as `talosctl gen secrets` does");
  command->footer(
      "The file is for you alone (0600). Encrypt it before it goes into a repository; spec.talos.secrets of "
      "a\n"
      "Cluster names it.");
  const auto options = std::make_shared<Options>();
  command->add_option("-o,--output,--output-file", options->output, "file to write, - for standard output")
      ->capture_default_str();
  command
      ->add_option("--talos-version", options->talos_version,
                   "make it as this version of Talos does; newer ones take it as well")
      ->capture_default_str();
  command->add_option("--from-controlplane-config", options->control_plane,
                      "take the secrets of a cluster from the machine config of a control plane");
  options->identities.AddTo(*command);
  command->add_flag("-f,--force", options->force, "replace the file if it is there");
  command->callback([&run, options] { run = [options] { return New(*options); }; });
}

}  // namespace slipway::cli
