#include <openssl/crypto.h>

#include <algorithm>
#include <ctime>
#include <memory>

#include "reconciler/cli/bundle_input.h"
#include "reconciler/cli/client_config.h"
#include "reconciler/cli/command.h"
#include "reconciler/cli/fleet_input.h"
#include "reconciler/cli/identity_flags.h"
#include "reconciler/cli/secret_file.h"
#include "reconciler/render/file_cache.h"
#include "reconciler/talos/bundle_new.h"
#include "reconciler/talos/talosconfig.h"
#include "schema/fleet/load.h"
#include "schema/fleet/node_addresses.h"

namespace slipway::cli {
namespace {

struct Options {
  std::string cluster;
  FleetInput input;
  IdentityFlags identities;
  std::string output = "talosconfig";
  std::vector<std::string> roles = {"os:admin"};
  std::string ttl = "8760h";
  bool force = false;
};

/// The static addresses of the cluster's control planes, each node's first: what `talosctl` talks to.
std::vector<std::string> Endpoints(const Fleet& fleet, const std::string& cluster) {
  std::vector<std::string> endpoints;
  for (const auto& node : fleet.nodes) {
    if (node->cluster.value != cluster || node->role != Role::kControlPlane) continue;
    const auto addresses = AddressesOf(*node);
    if (!addresses.empty()) endpoints.push_back(addresses.front().value.address.ToString());
  }
  return endpoints;
}

int Make(const Options& options, const Fleet& fleet, const SourceTree& tree) {
  const auto cluster = fleet.clusters.find(options.cluster);
  if (cluster == fleet.clusters.end()) {
    return Fail("there is no Cluster " + options.cluster + " in " + options.input.place, kFoundProblems);
  }
  const std::string& path = cluster->second->secrets.value;
  if (path.empty()) {
    return Fail("cluster " + options.cluster +
                    " has no spec.talos.secrets: with base files of your own, use the talosconfig that "
                    "`talosctl gen config` made with them",
                kFoundProblems);
  }
  const auto decryptor = options.identities.Load();
  if (!decryptor) return kCouldNotRun;
  FileCache files(*decryptor);
  const auto file = files.Get(tree, path);
  if (!file) return Fail(file.error().message);
  const yaml::Stream& stream = (*file)->stream;
  for (const Diagnostic& problem : stream.problems) std::fprintf(stderr, "%s\n", FormatText(problem).c_str());
  if (!stream.problems.empty()) return kFoundProblems;
  const auto bundle =
      talos::ReadBundle(stream.documents.empty() ? yaml::Value() : stream.documents.front().root);
  if (!bundle) {
    PrintBundleProblems(path, bundle.error());
    return kFoundProblems;
  }
  const auto made = NewTalosconfig(*bundle, options.cluster, Endpoints(fleet, options.cluster), options.roles,
                                   ReadDuration(options.ttl).value_or(0));
  if (!made) return Fail(made.error().message);
  const auto written =
      WriteSecretFile(options.output, *made, options.force ? Existing::kReplace : Existing::kKeep);
  if (written) return kOk;
  return Fail(written.error().message,
              written.error().reaction == Reaction::kFixInput ? kFoundProblems : kCouldNotRun);
}

int MakeChecked(const Options& options) {
  const auto known = talos::KnownRoles();
  for (const std::string& role : options.roles) {
    if (std::find(known.begin(), known.end(), role) != known.end()) continue;
    std::string list;
    for (const std::string_view name : known) list += (list.empty() ? "" : ", ") + std::string(name);
    return Fail("--role " + role + ": Talos knows " + list, kFoundProblems);
  }
  if (!ReadDuration(options.ttl)) {
    return Fail("--ttl " + options.ttl + ": write hours, minutes or seconds, like 8760h", kFoundProblems);
  }
  FleetHolder holder;
  const auto tree = options.input.Open(holder);
  if (!tree) return Fail(tree.error().message);
  FleetLoader loader;
  const auto loaded = loader.Load(**tree);
  if (!loaded) return Fail(loaded.error().message);
  if (loaded->fleet) return Make(options, *loaded->fleet, **tree);
  for (const Diagnostic& problem : loaded->diagnostics)
    std::fprintf(stderr, "%s\n", FormatText(problem).c_str());
  return kFoundProblems;
}

}  // namespace

Result<std::string> NewTalosconfig(const talos::Bundle& bundle, const std::string& cluster,
                                   const std::vector<std::string>& endpoints,
                                   const std::vector<std::string>& roles, int64_t seconds) {
  talos::ClientRequest request;
  request.cluster = cluster;
  request.endpoints = endpoints;
  request.roles = roles;
  request.validity.begin = std::time(nullptr);
  request.validity.end = request.validity.begin + seconds;
  if (auto drawn = talos::DrawRandom(request.serial); !drawn) return tl::make_unexpected(drawn.error());
  if (auto drawn = talos::DrawRandom(request.seed); !drawn) return tl::make_unexpected(drawn.error());
  const auto made = talos::MakeTalosconfig(bundle, request);
  OPENSSL_cleanse(request.seed.data(), request.seed.size());
  if (!made) return tl::make_unexpected(made.error());
  return yaml::Write(*made);
}

void AddTalosconfig(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand(
      "talosconfig", "Make a client configuration for talosctl from a cluster's secrets bundle");
  command->footer(
      "The file holds a private key (0600). Its endpoints are the control planes' static addresses.");
  const auto options = std::make_shared<Options>();
  command->add_option("CLUSTER", options->cluster, "name of the Cluster")->required();
  options->input.AddTo(*command);
  options->identities.AddTo(*command);
  command->add_option("-o,--output", options->output, "file to write, - for standard output")
      ->capture_default_str();
  command->add_option("--role,--roles", options->roles, "roles of the client; may be repeated")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  command->add_option("--ttl", options->ttl, "how long the certificate is valid")->capture_default_str();
  command->add_flag("-f,--force", options->force, "replace the file if it is there");
  command->callback([&run, options] { run = [options] { return MakeChecked(*options); }; });
}

}  // namespace slipway::cli
