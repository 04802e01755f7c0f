// Documents against each other and against the main one. Source: ConflictsWithKinds and
// V1Alpha1ConflictValidate of the types; from 1.14 every Kube* document against its old section.
#include <algorithm>
#include <array>
#include <map>

#include "reconciler/talos/validate_parts.h"

namespace slipway::talos {
namespace {

struct OldPlace {
  std::string_view kind;
  std::string_view path;  ///< in the main document
};

/// What a kind took over, and may not stand beside.
constexpr std::array kTakenOver = {
    OldPlace{"HostnameConfig", "machine.network.hostname"},
    OldPlace{"ResolverConfig", "machine.network.nameservers"},
    OldPlace{"ResolverConfig", "machine.network.searchDomains"},
    OldPlace{"ResolverConfig", "machine.network.disableSearchDomain"},
    OldPlace{"TimeSyncConfig", "machine.time.servers"},
    OldPlace{"TimeSyncConfig", "machine.time.disabled"},
    OldPlace{"TimeSyncConfig", "machine.time.bootTimeout"},
    OldPlace{"KubeSpanConfig", "machine.network.kubespan"},
    OldPlace{"UnattendedInstallConfig", "machine.install"},
    OldPlace{"KubeClusterConfig", "cluster.clusterName"},
    OldPlace{"KubeClusterConfig", "cluster.controlPlane.endpoint"},
    OldPlace{"KubeNetworkConfig", "cluster.network"},
    OldPlace{"KubeFlannelCNIConfig", "cluster.network"},
    OldPlace{"KubeletConfig", "machine.kubelet"},
    OldPlace{"KubeCredentialProviderConfig", "machine.kubelet"},
    OldPlace{"KubeNodeConfig", "machine.nodeLabels"},
    OldPlace{"KubeNodeConfig", "machine.nodeTaints"},
    OldPlace{"KubeNodeConfig", "machine.nodeAnnotations"},
    OldPlace{"KubeNodeConfig", "machine.kubelet.nodeIP"},
    OldPlace{"KubeNodeConfig", "cluster.allowSchedulingOnControlPlanes"},
    OldPlace{"KubePrismConfig", "machine.features.kubePrism"},
    OldPlace{"KubeAPIServerConfig", "cluster.apiServer"},
    OldPlace{"KubeAPIServerCAConfig", "cluster.ca"},
    OldPlace{"KubeAggregatorCAConfig", "cluster.aggregatorCA"},
    OldPlace{"KubeServiceAccountConfig", "cluster.serviceAccount"},
    OldPlace{"KubeControllerManagerConfig", "cluster.controllerManager"},
    OldPlace{"KubeSchedulerConfig", "cluster.scheduler"},
    OldPlace{"KubeProxyConfig", "cluster.proxy"},
    OldPlace{"KubeCoreDNSConfig", "cluster.coreDNS"},
    OldPlace{"DiscoveryServiceConfig", "cluster.discovery"},
    OldPlace{"DiscoveryIdentityConfig", "cluster.id"},
    OldPlace{"DiscoveryIdentityConfig", "cluster.secret"},
    OldPlace{"ImageCacheConfig", "machine.features.imageCache"},
    OldPlace{"CRIBaseRuntimeSpecConfig", "machine.baseRuntimeSpecOverrides"},
};

constexpr std::array<std::string_view, 14> kControlPlaneOnly = {"KubeCoreDNSConfig",
                                                                "KubeAuditPolicyConfig",
                                                                "KubeAggregatorCAConfig",
                                                                "KubeEtcdEncryptionConfig",
                                                                "KubeFlannelCNIConfig",
                                                                "KubeControllerManagerConfig",
                                                                "KubeAdmissionControlConfig",
                                                                "KubeServiceAccountConfig",
                                                                "KubeAuthenticationConfig",
                                                                "KubeAuthorizerConfig",
                                                                "KubeAPIServerConfig",
                                                                "KubeTalosAPIAccessConfig",
                                                                "KubeProxyConfig",
                                                                "KubeSchedulerConfig"};

constexpr std::array<std::string_view, 8> kLinkKinds = {"BondConfig", "BridgeConfig",   "DummyLinkConfig",
                                                        "LinkConfig", "VethConfig",     "VLANConfig",
                                                        "VRFConfig",  "WireguardConfig"};

template <class List>
bool IsOneOf(const List& list, std::string_view kind) {
  return std::find(list.begin(), list.end(), kind) != list.end();
}

/// Whether the field there says something: Go takes an empty one for none.
bool IsSaid(const yaml::Value* value) {
  if (value == nullptr) return false;
  if (const yaml::Mapping* fields = value->AsMapping()) return !fields->empty();
  if (const yaml::Sequence* items = value->AsSequence()) return !items->empty();
  if (const bool* flag = value->AsBool()) return *flag;
  return !Text(*value).empty();
}

void CheckOldPlaces(const yaml::Value& main, const yaml::Value& document, const std::string& kind,
                    Report& report) {
  for (const OldPlace& place : kTakenOver) {
    const yaml::Value* old = Get(main, place.path);
    if (place.kind != kind || !IsSaid(old)) continue;
    report.Error(*old, '`' + std::string(place.path) + "` and the document " + kind + " say the same thing",
                 "keep the document: delete the field with `$patch: delete`, or leave it out of the base");
  }
  if (kind == "HostnameConfig" && Flag(main, "machine.features.stableHostname").value_or(false)) {
    report.Error(*Get(main, "machine.features.stableHostname"),
                 "`machine.features.stableHostname` and the document HostnameConfig say the same thing",
                 "remove the field");
  }
  const std::string name = Text(document, "name");
  if (kind == "VolumeConfig" && Get(document, "encryption") != nullptr &&
      (name == "STATE" || name == "EPHEMERAL")) {
    const std::string old =
        "machine.systemDiskEncryption." + std::string(name == "STATE" ? "state" : "ephemeral");
    if (IsSaid(Get(main, old))) {
      report.Error(*Get(main, old), '`' + old + "` and the document VolumeConfig both encrypt " + name,
                   "keep one of them");
    }
  }
}

/// Names that two kinds share.
std::string SharedName(std::string_view kind) {
  if (IsOneOf(kLinkKinds, kind)) return "link";
  if (kind == "Layer2VIPConfig" || kind == "HCloudVIPConfig") return "virtual IP";
  if (kind == "UserVolumeConfig" || kind == "ExistingVolumeConfig") return "volume";
  return "";
}

}  // namespace

void ValidateConflicts(const Documents& documents, Report& report) {
  const auto main = std::find_if(documents.begin(), documents.end(), [](const auto& d) { return IsMain(d); });
  std::map<std::pair<std::string, std::string>, std::string> names;
  bool discovers = false;
  const yaml::Value* service = nullptr;
  for (const yaml::Value& document : documents) {
    if (IsMain(document)) continue;
    const DocumentId id = IdOf(document);
    discovers = discovers || id.kind == "DiscoveryIdentityConfig";
    if (id.kind == "DiscoveryServiceConfig") service = &document;
    if (const std::string what = SharedName(id.kind); !what.empty()) {
      const auto [other, fresh] = names.emplace(std::pair(what, id.name), id.kind);
      if (!fresh && other->second != id.kind) {
        report.Error(document, "the " + what + " `" + id.name + "` is a " + other->second + " already",
                     "rename one");
      }
    }
    if (IsOneOf(kControlPlaneOnly, id.kind) && (main == documents.end() || !IsControlPlane(*main))) {
      report.Error(document, "only a control plane can have a " + id.kind, "move it to the control planes");
    }
    if (main == documents.end()) continue;
    CheckOldPlaces(*main, document, id.kind, report);
    const bool vip = id.kind == "Layer2VIPConfig" || id.kind == "HCloudVIPConfig";
    if (vip && IsWorker(*main))
      report.Error(document, "a worker cannot have a " + id.kind, "move it to the control planes");
  }
  if (service != nullptr && !discovers && !(main != documents.end() && IsSaid(Get(*main, "cluster.id")))) {
    report.Error(*service, "DiscoveryServiceConfig needs a DiscoveryIdentityConfig", "add it");
  }
}

}  // namespace slipway::talos
