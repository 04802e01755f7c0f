#include "reconciler/talos/base_check.h"

#include <algorithm>
#include <initializer_list>

#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"
#include "schema/fleet/talos_release.h"

namespace slipway::talos {
namespace {

struct Kinds {
  int since;
  std::initializer_list<std::string_view> names;
};

// Source: pkg/machinery/config/types of each release. 1.8 stands for itself and all before it.
const Kinds kKinds[] = {
    {8,
     {"EventSinkConfig", "ExtensionServiceConfig", "KmsgLogConfig", "NetworkDefaultActionConfig",
      "NetworkRuleConfig", "SideroLinkConfig", "WatchdogTimerConfig", "TrustedRootsConfig",
      "KubeSpanEndpointsConfig", "VolumeConfig"}},
    {10, {"EthernetConfig", "PCIDriverRebindConfig", "UserVolumeConfig"}},
    {11, {"ExistingVolumeConfig", "RawVolumeConfig", "SwapVolumeConfig", "ZswapConfig"}},
    {12,
     {"HostnameConfig", "LinkConfig", "LinkAliasConfig", "BondConfig", "BridgeConfig", "VLANConfig",
      "DummyLinkConfig", "WireguardConfig", "DHCPv4Config", "DHCPv6Config", "Layer2VIPConfig",
      "HCloudVIPConfig", "ResolverConfig", "StaticHostConfig", "TimeSyncConfig", "RegistryMirrorConfig",
      "RegistryAuthConfig", "RegistryTLSConfig", "OOMConfig"}},
    {13,
     {"BlackholeRouteConfig", "EnvironmentConfig", "ExternalVolumeConfig", "KubeSpanConfig",
      "RoutingRuleConfig", "TCPProbeConfig", "VRFConfig", "ImageVerificationConfig"}},
    {14,
     {"KubeletConfig",
      "DiscoveryServiceConfig",
      "DiscoveryIdentityConfig",
      "UnattendedInstallConfig",
      "SecurityProfileConfig",
      "FilesystemTrimConfig",
      "FilesystemScrubConfig",
      "ImageCacheConfig",
      "SysctlConfig",
      "SysfsConfig",
      "KernelModuleConfig",
      "UdevRulesConfig",
      "EtcFileConfig",
      "CRICustomizationConfig",
      "CRIBaseRuntimeSpecConfig",
      "ContainerConfig",
      "LVMVolumeGroupConfig",
      "LVMLogicalVolumeConfig",
      "RAIDArrayConfig",
      "VethConfig",
      "BGPInstanceConfig",
      "HTTPProbeConfig"}},
};

const yaml::Value* Dig(const yaml::Value& value, std::initializer_list<std::string_view> keys) {
  const yaml::Value* found = &value;
  for (const std::string_view key : keys) {
    found = found->Find(key);
    if (found == nullptr) return nullptr;
  }
  return found;
}

bool IsText(const yaml::Value* value) {
  return value != nullptr && value->AsString() != nullptr && !value->AsString()->empty();
}

std::string Minor(int minor) { return "Talos 1." + std::to_string(minor); }

class BaseChecker {
 public:
  BaseChecker(Role role, const TalosVersion& version, const std::string& kubernetes)
      : role_(role), version_(version), kubernetes_(kubernetes) {}

  std::vector<BaseProblem> Check(const Documents& documents) {
    for (const yaml::Value& document : documents) {
      if (IsMain(document)) {
        CheckMain(document);
        continue;
      }
      const yaml::Value* kind = document.Find("kind");
      if (!IsText(kind)) continue;
      CheckKind(*kind);
      if (*kind->AsString() == "KubeletConfig") CheckImage(document.Find("image"));
      if (role_ == Role::kWorker && *kind->AsString() == "KubeAPIServerCAConfig")
        CheckKey(Dig(document, {"issuingCA", "key"}), "issuingCA.key");
    }
    return std::move(problems_);
  }

 private:
  void Error(Mark mark, int code, std::string message, std::string fix) {
    problems_.push_back({mark, code, Severity::kError, std::move(message), std::move(fix)});
  }

  void CheckMain(const yaml::Value& main) {
    const yaml::Value* type = Dig(main, {"machine", "type"});
    if (IsText(type)) {
      const std::string& text = *type->AsString();
      const bool same = text == ToString(role_) || (text == "init" && role_ == Role::kControlPlane);
      if (!same) {
        Error(type->mark(), code::kBaseOfOtherRole,
              "the base config is for the machine type " + Tick(text) + ", but is given for the role " +
                  std::string(ToString(role_)),
              "name the file that was made for " + std::string(ToString(role_)));
        return;  // its keys and images are those of the other role
      }
    }
    CheckImage(Dig(main, {"machine", "kubelet", "image"}));
    if (role_ != Role::kWorker) return;
    CheckKey(Dig(main, {"machine", "ca", "key"}), "machine.ca.key");
    CheckKey(Dig(main, {"cluster", "ca", "key"}), "cluster.ca.key");
    CheckKey(Dig(main, {"cluster", "aggregatorCA", "key"}), "cluster.aggregatorCA.key");
    CheckKey(Dig(main, {"cluster", "serviceAccount", "key"}), "cluster.serviceAccount.key");
    CheckKey(Dig(main, {"cluster", "etcd", "ca", "key"}), "cluster.etcd.ca.key");
  }

  void CheckKey(const yaml::Value* value, const std::string& field) {
    if (!IsText(value)) return;
    Error(value->mark(), code::kBaseHoldsKey,
          "a worker's config must not hold a control plane's key, as it does in `" + field + '`',
          "use the worker.yaml that `talosctl gen config` made");
  }

  void CheckKind(const yaml::Value& kind) {
    const int since = KindSince(*kind.AsString());
    if (since <= version_.minor) return;
    Error(kind.mark(), code::kBaseOfOtherVersion,
          Tick(*kind.AsString()) + " came with " + Minor(since) + ", and this base is for " +
              version_.ToString(),
          "make the base again with `talosctl gen config --talos-version " + version_.ToString() + '`');
  }

  void CheckImage(const yaml::Value* image) {
    if (!IsText(image)) return;
    std::string_view tag = *image->AsString();
    tag = tag.substr(0, tag.find('@'));
    const size_t colon = tag.rfind(':');
    const auto kubernetes =
        colon == std::string_view::npos ? std::nullopt : TalosVersion::Parse(tag.substr(colon + 1));
    if (!kubernetes) return;
    const KubernetesRange range = KubernetesRangeOf(version_.minor);
    if (!range.Holds(*kubernetes)) {
      Error(image->mark(), code::kBaseOfOtherVersion,
            "the base runs Kubernetes " + kubernetes->ToString() + "; Talos " + version_.ToString() +
                " accepts " + range.ToString(),
            "make the base again with a Kubernetes version of that range");
    } else if (!kubernetes_.empty() && kubernetes->ToString() != kubernetes_) {
      problems_.push_back({image->mark(), code::kBaseKubernetes, Severity::kWarning,
                           "the base runs Kubernetes " + kubernetes->ToString() +
                               ", spec.talos.kubernetesVersion says " + kubernetes_ + "; the base is used",
                           "correct one of the two"});
    }
  }

  Role role_;
  const TalosVersion& version_;
  const std::string& kubernetes_;
  std::vector<BaseProblem> problems_;
};

}  // namespace

int KindSince(std::string_view kind) {
  for (const Kinds& kinds : kKinds) {
    if (std::find(kinds.names.begin(), kinds.names.end(), kind) != kinds.names.end()) return kinds.since;
  }
  // Every kind for Kubernetes, but for the two of KubeSpan above, came at once.
  return kind.starts_with("Kube") && kind.ends_with("Config") ? 14 : 0;
}

std::vector<BaseProblem> CheckBase(const Documents& documents, Role role, const TalosVersion& version,
                                   const std::string& kubernetes) {
  return BaseChecker(role, version, kubernetes).Check(documents);
}

}  // namespace slipway::talos
