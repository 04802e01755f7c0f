#include "reconciler/import/talosctl.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include "reconciler/import/config_diff.h"
#include "reconciler/import/config_facts.h"
#include "reconciler/import/draft.h"
#include "reconciler/import/fields.h"
#include "reconciler/talos/bundle.h"

namespace slipway::imports {
namespace {

constexpr std::string_view kDefaultSchematic =
    "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba";

std::string FileOf(Role role) { return std::string(ToString(role)) + ".yaml"; }

/// The last release of a minor, for configs that do not say which they are for.
std::string_view NewestOf(int minor) {
  constexpr std::array<std::string_view, 7> kNewest = {"v1.8.4",   "v1.9.6",  "v1.10.9", "v1.11.6",
                                                       "v1.12.11", "v1.13.9", "v1.14.1"};
  return kNewest[static_cast<size_t>(std::clamp(minor, 8, 14) - 8)];
}

/// The newest minor of that form that accepts the Kubernetes version: 1.8 to 1.11 write the same. Talos 1.N
/// accepts Kubernetes 1.(N+18) to 1.(N+23).
int MinorOf(int contract, const std::string& kubernetes) {
  const size_t dot = kubernetes.find('.');
  const int minor = dot == std::string::npos ? 0 : std::atoi(kubernetes.c_str() + dot + 1);
  return contract == 11 && minor > 0 ? std::clamp(minor - 18, 8, 11) : contract;
}

struct RoleConfig {
  std::string bytes;
  talos::Documents documents;
};

class TalosctlImporter {
 public:
  explicit TalosctlImporter(const TalosctlInput& input) : input_(input), draft_(input.name) {}

  Result<Imported> Run() {
    for (const Role role : {Role::kControlPlane, Role::kWorker}) {
      if (auto done = Read(role); !done) return tl::make_unexpected(done.error());
    }
    if (configs_.empty()) return FixInput(input_.name + " holds neither controlplane.yaml nor worker.yaml");
    const bool controlplane = configs_.contains(Role::kControlPlane);
    facts_ = FactsOf(configs_.at(controlplane ? Role::kControlPlane : Role::kWorker).documents);
    cluster_ = Resource("Cluster", ResourceName(facts_.cluster));
    ReadVersion();
    yaml::Value talos;
    talos.At("version") = yaml::Value(version_.ToString());
    if (!facts_.kubernetes.empty()) talos.At("kubernetesVersion") = yaml::Value(facts_.kubernetes);
    const auto bundled = FromBundle(talos);
    if (!bundled) return tl::make_unexpected(bundled.error());
    if (!*bundled) FromBase(talos);
    Write(std::move(talos));
    RemarkOthers();
    return draft_.Finish();
  }

 private:
  Result<void> Read(Role role) {
    auto bytes = input_.read(FileOf(role));
    if (!bytes) return tl::make_unexpected(bytes.error());
    if (!*bytes) return {};
    const secrets::OpenedYaml opened = input_.decryptor.Read(**bytes, FileOf(role));
    if (!opened.stream.problems.empty()) {
      return FixInput(input_.name + '/' + FormatText(opened.stream.problems.front()));
    }
    RoleConfig config{std::move(**bytes), {}};
    for (const yaml::Document& document : opened.stream.documents) config.documents.push_back(document.root);
    yaml::Value* main = talos::FindMain(config.documents);
    if (main == nullptr || main->Find("machine") == nullptr) {
      return FixInput(input_.name + '/' + FileOf(role) +
                      " is no machine config: it has no `machine` section");
    }
    const std::string type = Text(*main->Find("machine"), "type");
    if (type != ToString(role)) {
      return FixInput(input_.name + '/' + FileOf(role) + " has the machine type `" + type + '`');
    }
    if (opened.encryption == secrets::Encryption::kNone) clear_.push_back(FileOf(role));
    configs_[role] = std::move(config);
    return {};
  }

  void ReadVersion() {
    if (facts_.cluster.empty()) {
      draft_.ToDo({}, "the configs do not say the cluster's name", "name the Cluster in cluster.yaml");
    }
    if (facts_.kubernetes.empty()) {
      draft_.ToDo({}, "the kubelet's image has no version",
                  "put spec.talos.kubernetesVersion into cluster.yaml");
    }
    if (facts_.installed) {
      version_ = *facts_.installed;
      const int contract = std::min(version_.minor, 14);
      if ((contract >= 12 || facts_.contract >= 12) && contract != facts_.contract) {
        draft_.Note({},
                    "the installer is Talos " + version_.ToString() + ", the configs are of the form of 1." +
                        std::to_string(facts_.contract),
                    "nothing: Talos reads older forms; make new base configs when you upgrade");
      }
      return;
    }
    version_ = *TalosVersion::Parse(NewestOf(MinorOf(facts_.contract, facts_.kubernetes)));
    draft_.ToDo({},
                "the configs name no installer with a version; by their form they are of Talos 1." +
                    std::to_string(facts_.contract) + (facts_.contract == 11 ? " or older" : "") + ", and " +
                    version_.ToString() + " is taken",
                "put the version that your machines run into spec.talos.version of cluster.yaml");
  }

  /// True when the Cluster stands on the bundle.
  Result<bool> FromBundle(yaml::Value& talos) {
    auto bytes = input_.read("secrets.yaml");
    if (!bytes) return tl::make_unexpected(bytes.error());
    if (!*bytes) return false;
    const secrets::OpenedYaml opened = input_.decryptor.Read(**bytes, "secrets.yaml");
    if (!opened.stream.problems.empty() || opened.stream.documents.size() != 1) {
      draft_.Note({}, "secrets.yaml cannot be read, so the base configs are copied",
                  "give the age key with --identity FILE if it is encrypted");
      return false;
    }
    const auto bundle = talos::ReadBundle(opened.stream.documents.front().root);
    if (!bundle) {
      draft_.Note(
          {}, "secrets.yaml is no complete secrets bundle, so the base configs are copied",
          "line " + std::to_string(bundle.error().front().mark.line) + ": " + bundle.error().front().message);
      return false;
    }
    if (!configs_.contains(Role::kControlPlane) || !Derive(*bundle, talos)) {
      draft_.Note(
          {},
          "the configs are not what this version makes of secrets.yaml and a few patches, so they are copied",
          "nothing, if you are content with base files");
      return false;
    }
    const std::string path = "secrets/" + Text(*cluster_.Find("metadata"), "name") + ".yaml";
    draft_.AddFile(path, **bytes);
    talos.At("secrets") = yaml::Value(path);
    if (opened.encryption == secrets::Encryption::kNone) {
      draft_.ToDo({}, "the secrets bundle " + path + " is in clear text",
                  "encrypt it before it is committed: `sops encrypt -i " + path + '`');
    }
    return true;
  }

  /// Patches from what the generator makes to what the files hold. A difference in a secret means that the
  /// bundle is another cluster's.
  bool Derive(const talos::Bundle& bundle, yaml::Value& talos) {
    yaml::Value given = talos;
    talos::BaseInput base;
    base.cluster_name = facts_.cluster;
    base.endpoint = facts_.endpoint;
    base.version = version_;
    base.version.minor = ContractMinor();
    base.kubernetes_version = facts_.kubernetes;
    base.options = OptionsOf(configs_.at(Role::kControlPlane).documents, given);
    if (facts_.kubernetes.empty() || ContractMinor() != std::min(version_.minor, 14)) return false;
    std::map<Role, std::vector<talos::Documents>> patches;
    for (const auto& [role, config] : configs_) {
      const auto diff =
          DiffAsPatches(talos::GenerateBase(base, bundle, role), config.documents, base.version);
      if (!diff || TouchesSecrets(*diff)) return false;
      patches[role] = *diff;
    }
    talos = std::move(given);
    AddDerived(patches);
    return true;
  }

  int ContractMinor() const { return facts_.contract == 11 ? std::min(version_.minor, 11) : facts_.contract; }

  static bool TouchesSecrets(const std::vector<talos::Documents>& patches) {
    constexpr std::array<std::string_view, 6> kSections = {"token",          "ca",          "secret", "id",
                                                           "serviceAccount", "aggregatorCA"};
    for (const talos::Documents& patch : patches) {
      for (const yaml::Value& document : patch) {
        for (const std::string_view section : {"machine", "cluster"}) {
          const yaml::Value* value = document.Find(section);
          if (value == nullptr) continue;
          const bool touched = std::any_of(kSections.begin(), kSections.end(), [value](std::string_view key) {
            return value->Find(key) != nullptr;
          });
          if (touched) return true;
        }
        const std::string kind = Text(document, "kind");
        if (kind == "DiscoveryIdentityConfig" || kind == "KubeAPIServerCAConfig" ||
            kind == "KubeServiceAccountConfig") {
          return true;
        }
      }
    }
    return false;
  }

  void AddDerived(const std::map<Role, std::vector<talos::Documents>>& patches) {
    const auto same = patches.size() == 2 && patches.at(Role::kControlPlane) == patches.at(Role::kWorker);
    for (const auto& [role, list] : patches) {
      if (same && role == Role::kWorker) return;
      const std::string key = same ? "all" : std::string(ToString(role));
      std::vector<size_t> items;
      for (const talos::Documents& patch : list) {
        items.push_back(
            draft_.AddPatch(Scope::kCluster, key + '-' + std::to_string(items.size() + 1), patch));
      }
      if (!items.empty()) cluster_.At("spec").At("patches").At(key) = PatchList(draft_, items);
    }
  }

  void FromBase(yaml::Value& talos) {
    for (const auto& [role, config] : configs_) {
      const std::string path = "base/" + FileOf(role);
      draft_.AddFile(path, config.bytes);
      talos.At("base").At(ToString(role)) = yaml::Value(path);
    }
    if (clear_.empty()) return;
    draft_.ToDo({}, "the base configs hold the cluster's secrets in clear text",
                "encrypt them before they are committed, or import with the secrets.yaml they were made of");
  }

  void Write(yaml::Value talos) {
    yaml::Value& spec = cluster_.At("spec");
    spec.At("endpoint") = yaml::Value(facts_.endpoint);
    spec.At("talos") = std::move(talos);
    BootFiles boot_files("https://factory.talos.dev");
    const std::string schematic =
        facts_.schematic.empty() ? std::string(kDefaultSchematic) : facts_.schematic;
    spec.At("boot").At("amd64") = boot_files.Of(schematic, version_, Arch::kAmd64);
    AddSiteAndAssets(draft_, Text(*cluster_.Find("metadata"), "name"), boot_files);
    draft_.AddResources("cluster.yaml", {&cluster_});
    draft_.ToDo({}, "the folder names no machines", "write a Node for each, with its MAC addresses");
    for (const auto& [role, config] : configs_) RemarkMachine(role, config);
  }

  /// Settings of one machine in a file for all of a role.
  void RemarkMachine(Role role, const RoleConfig& config) {
    for (const yaml::Value& document : config.documents) {
      const yaml::Value* machine = document.Find("machine");
      const yaml::Value* network = machine == nullptr ? nullptr : machine->Find("network");
      const bool own = network != nullptr && (Says(*network, "hostname") || Says(*network, "interfaces"));
      if (!own && !Says(document, "hostname")) continue;
      draft_.Note({}, FileOf(role) + " holds settings of one machine (host name or interfaces)",
                  "move them to that machine's Node: here they are for every " + std::string(ToString(role)));
    }
  }

  void RemarkOthers() {
    for (const std::string& file : input_.files) {
      if (file == "controlplane.yaml" || file == "worker.yaml" || file == "secrets.yaml") continue;
      if (file == "talosconfig") {
        draft_.Note({}, "talosconfig is not copied: no machine reads it",
                    "keep it, or write a new one with `slipway talosconfig`");
        continue;
      }
      const bool yaml = file.ends_with(".yaml") || file.ends_with(".yml") || file.ends_with(".json");
      if (!yaml) continue;
      draft_.Lost(
          {}, file + " was not looked at: whether it is in the configs already, only you know",
          "if it is a patch that is applied later, name it in spec.patches of the Cluster or of a Node");
    }
  }

  const TalosctlInput& input_;
  Draft draft_;
  std::map<Role, RoleConfig> configs_;
  std::vector<std::string> clear_;
  ConfigFacts facts_;
  TalosVersion version_;
  yaml::Value cluster_;
};

}  // namespace

Result<Imported> ImportTalosctl(const TalosctlInput& input) { return TalosctlImporter(input).Run(); }

}  // namespace slipway::imports
