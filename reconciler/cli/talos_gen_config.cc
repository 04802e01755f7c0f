#include <algorithm>
#include <ctime>
#include <filesystem>
#include <memory>

#include "reconciler/cli/bundle_input.h"
#include "reconciler/cli/client_config.h"
#include "reconciler/cli/identity_flags.h"
#include "reconciler/cli/secret_file.h"
#include "reconciler/talos/base.h"
#include "reconciler/talos/bundle_new.h"
#include "reconciler/talos/merge.h"
#include "schema/fleet/codes.h"
#include "schema/fleet/forms.h"
#include "schema/fleet/talos_release.h"

namespace slipway::cli {
namespace {

constexpr int64_t kYear = int64_t{8760} * 3600;

/// The flags of `talosctl gen config`, with its defaults.
struct Options {
  std::string name;
  std::string endpoint;
  std::string secrets;
  std::string talos_version = "v1." + std::to_string(kNewestTalosMinor) + ".0";
  std::string kubernetes_version;
  std::vector<std::string> patches;
  std::vector<std::string> control_plane_patches;
  std::vector<std::string> worker_patches;
  std::string install_disk = "/dev/sda";
  std::optional<std::string> install_image;
  std::vector<std::string> sans;
  std::string dns_domain = "cluster.local";
  std::vector<std::string> mirrors;
  bool discovery = true;
  bool kubespan = false;
  std::vector<std::string> types = {"controlplane", "worker", "talosconfig"};
  std::string output;
  std::string output_dir;
  std::string config_version = "v1alpha1";
  bool ignored = true;  ///< --with-docs, --with-examples: comments are never written
  IdentityFlags identities;
  bool force = false;
};

int Refuse(const std::string& message) { return Fail(message, kFoundProblems); }

/// Where each type of output goes; a folder unless there is just one type.
std::string PathOf(const Options& options, const std::string& type) {
  const std::string name = type == "talosconfig" ? type : type + ".yaml";
  if (!options.output_dir.empty()) return (std::filesystem::path(options.output_dir) / name).string();
  if (options.output.empty()) return name;
  if (options.types.size() == 1) return options.output;
  return (std::filesystem::path(options.output) / name).string();
}

int CheckFlags(const Options& options) {
  const std::string_view problem = forms::EndpointProblem(options.endpoint);
  if (!problem.empty()) {
    return Refuse("the cluster endpoint " + options.endpoint + " cannot be used: " + std::string(problem) +
                  "; write https://, a host and a port, like https://10.0.128.100:6443");
  }
  if (options.config_version != "v1alpha1") return Refuse("unknown config version " + options.config_version);
  for (const std::string& type : options.types) {
    if (type == "controlplane" || type == "worker" || type == "talosconfig") continue;
    return Refuse("--output-types " + type + ": there are controlplane, worker and talosconfig");
  }
  if (options.types.empty()) return Refuse("--output-types: name at least one");
  if (options.output == "-" && options.types.size() > 1)
    return Refuse("standard output takes one output type: choose it with --output-types");
  if (!options.output.empty() && !options.output_dir.empty())
    return Refuse("give --output or --output-dir, not both");
  return kOk;
}

/// The generator's input, or nothing after the problem was printed.
std::optional<talos::BaseInput> InputOf(const Options& options) {
  const auto version = ReadTalosVersion(options.talos_version);
  if (!version) return std::nullopt;
  talos::BaseInput input;
  input.cluster_name = options.name;
  input.endpoint = options.endpoint;
  input.version = *version;
  input.kubernetes_version = options.kubernetes_version.empty() ? DefaultKubernetesVersion(version->minor)
                                                                : options.kubernetes_version;
  const auto kubernetes = TalosVersion::Parse(input.kubernetes_version);
  const KubernetesRange range = KubernetesRangeOf(version->minor);
  if (kubernetes && !range.Holds(*kubernetes)) {
    Fail("warning: machines with Talos " + version->ToString() + " will refuse Kubernetes " +
         kubernetes->ToString() + "; it accepts " + range.ToString());
  }
  input.options.install.disk = options.install_disk;
  input.options.install.image = options.install_image.value_or(DefaultInstallImage(*version));
  input.options.cert_sans = options.sans;
  input.options.dns_domain = options.dns_domain;
  input.options.discovery = options.discovery;
  if (options.kubespan) input.options.kubespan = true;
  for (const std::string& mirror : options.mirrors) {
    const size_t at = mirror.find('=');
    if (at == std::string::npos) {
      Refuse("--registry-mirror " + mirror + ": write <registry host>=<mirror URL>");
      return std::nullopt;
    }
    input.options.registry_mirrors[mirror.substr(0, at)].push_back(mirror.substr(at + 1));
  }
  return input;
}

/// Applies patches given as texts, or as @file. False after the problem was printed.
bool Patch(talos::Documents& documents, const std::vector<std::string>& patches,
           const talos::TypeModel& model, const secrets::Decryptor& decryptor) {
  const auto refuse = [](const std::string& path, const talos::ConfigError& error) {
    const Diagnostic problem{path,          error.mark, code::kPatchRefused, Severity::kError,
                             error.message, error.fix};
    std::fprintf(stderr, "%s\n", FormatText(problem).c_str());
  };
  for (const std::string& patch : patches) {
    const bool file = patch.starts_with('@');
    const std::string path = file ? patch.substr(1) : "(--config-patch)";
    std::vector<yaml::Document> read;
    if (file) {
      auto input = ReadYamlInput(path, decryptor);
      if (!input) return false;
      read = std::move(*input);
    } else {
      yaml::Stream stream = yaml::Read(patch, path);
      for (const Diagnostic& problem : stream.problems)
        std::fprintf(stderr, "%s\n", FormatText(problem).c_str());
      if (!stream.problems.empty()) return false;
      read = std::move(stream.documents);
    }
    talos::Documents parts;
    for (yaml::Document& document : read) parts.push_back(std::move(document.root));
    const auto loaded = talos::LoadPatch(std::move(parts), model);
    if (!loaded) {
      for (const talos::ConfigError& error : loaded.error()) refuse(path, error);
      return false;
    }
    if (const auto done = talos::ApplyPatch(documents, *loaded, model); !done) {
      refuse(path, done.error());
      return false;
    }
  }
  return true;
}

std::optional<std::string> TextOf(const Options& options, const std::string& type,
                                  const talos::BaseInput& input, const talos::Bundle& bundle,
                                  const secrets::Decryptor& decryptor) {
  if (type == "talosconfig") {
    auto made = NewTalosconfig(bundle, options.name, {}, {"os:admin"}, kYear);
    if (made) return std::move(*made);
    Fail(made.error().message);
    return std::nullopt;
  }
  const bool control_plane = type == "controlplane";
  talos::Documents documents =
      talos::GenerateBase(input, bundle, control_plane ? Role::kControlPlane : Role::kWorker);
  const auto& own = control_plane ? options.control_plane_patches : options.worker_patches;
  const talos::TypeModel& model = talos::TypeModel::Of(input.version.minor);
  const bool patched =
      Patch(documents, options.patches, model, decryptor) && Patch(documents, own, model, decryptor);
  if (!patched) return std::nullopt;
  std::vector<const yaml::Value*> order;
  for (const yaml::Value& document : documents) order.push_back(&document);
  return yaml::Write(order);
}

/// The bundle that is named, or a new one.
std::optional<talos::Bundle> BundleFor(const Options& options, const TalosVersion& version,
                                       const secrets::Decryptor& decryptor) {
  if (!options.secrets.empty()) return ReadBundleFile(options.secrets, decryptor);
  auto made = talos::MakeBundle(version, std::time(nullptr), talos::DrawRandom);
  if (made) return std::move(*made);
  Fail(made.error().message);
  return std::nullopt;
}

int Generate(const Options& options) {
  if (const int refused = CheckFlags(options); refused != kOk) return refused;
  const auto input = InputOf(options);
  if (!input) return kFoundProblems;
  const auto decryptor = options.identities.Load();
  if (!decryptor) return kCouldNotRun;
  const auto bundle = BundleFor(options, input->version, *decryptor);
  if (!bundle) return kFoundProblems;
  std::vector<std::pair<std::string, std::string>> files;
  for (const std::string& type : options.types) {
    auto text = TextOf(options, type, *input, *bundle, *decryptor);
    if (!text) return kFoundProblems;
    files.emplace_back(PathOf(options, type), std::move(*text));
  }
  for (const auto& [path, text] : files) {
    if (!options.force && path != "-" && std::filesystem::exists(path))
      return Refuse(path + " is there already; --force replaces it");
  }
  for (const auto& [path, text] : files) {
    const auto written = WriteSecretFile(path, text, options.force ? Existing::kReplace : Existing::kKeep);
    if (!written) return Fail(written.error().message);
    if (path != "-") std::fprintf(stderr, "created %s\n", path.c_str());
  }
  return kOk;
}

void AddFlags(CLI::App& command, Options& options) {
  command.add_option("NAME", options.name, "name of the cluster")->required();
  command.add_option("ENDPOINT", options.endpoint, "URL of the Kubernetes API, https://host:port")
      ->required();
  command.add_option("--with-secrets", options.secrets,
                     "secrets bundle; left out, a new one is made and lost");
  command.add_option("--talos-version", options.talos_version, "version of Talos to write for")
      ->capture_default_str();
  command.add_option("--kubernetes-version", options.kubernetes_version,
                     "version of Kubernetes (default: the Talos version's)");
  const auto patches = [&command](const char* flag, std::vector<std::string>& list, const char* whose) {
    command
        .add_option(flag, list, std::string("patch for ") + whose + ": its text, or @file; may be repeated")
        ->allow_extra_args(false);
  };
  patches("--config-patch", options.patches, "all nodes");
  patches("--config-patch-control-plane", options.control_plane_patches, "control planes");
  patches("--config-patch-worker", options.worker_patches, "workers");
  command.add_option("--install-disk", options.install_disk, "disk to install to")->capture_default_str();
  command.add_option("--install-image", options.install_image, "installer (default: the Talos version's)");
  command.add_option("--additional-sans", options.sans, "more names for the certificates")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--dns-domain", options.dns_domain, "domain of the cluster")->capture_default_str();
  command.add_option("--registry-mirror", options.mirrors, "<registry host>=<mirror URL>; may be repeated")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_flag("--with-cluster-discovery", options.discovery,
                   "use the discovery service (default: true)");
  command.add_flag("--with-kubespan", options.kubespan, "turn KubeSpan on");
  command.add_flag("--with-docs,--with-examples", options.ignored,
                   "taken, and without effect: there are no comments");
  command.add_option("--version", options.config_version, "form of the config")->capture_default_str();
  command.add_option("-t,--output-types", options.types, "controlplane, worker, talosconfig (default: all)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("-o,--output", options.output,
                     "folder to write to; of one output type a file, or - for standard output");
  command.add_option("--output-dir", options.output_dir, "folder to write to, also of one output type");
  options.identities.AddTo(command);
  command.add_flag("-f,--force", options.force, "replace files that are there");
}

}  // namespace

void AddTalosGen(CLI::App& talos, Run& run) {
  CLI::App* gen = talos.add_subcommand("gen", "Generate configs");
  gen->require_subcommand(1);
  CLI::App* command = gen->add_subcommand("config", "Write a cluster's base configs and a talosconfig");
  command->footer(
      "The flags mean what they mean to `talosctl gen config`. All files are for you alone (0600).");
  const auto options = std::make_shared<Options>();
  AddFlags(*command, *options);
  command->callback([&run, options] { run = [options] { return Generate(*options); }; });
}

}  // namespace slipway::cli
