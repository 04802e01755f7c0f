#include "reconciler/talos/schema_defects.h"

namespace slipway::talos {
namespace {

constexpr std::string_view kAny = "{}";
constexpr std::string_view kTexts = R"({"type": "array", "items": {"type": "string"}})";
constexpr std::string_view kHidden =
    "deprecated fields leave the schema a release before they leave the decoder, and stay valid";
constexpr std::string_view kMoved =
    "fields that got documents of their own leave the schema; the old place is still read";
constexpr std::string_view kCandidate = "wrong or missing in the schemas before 1.14.0 alone";
constexpr std::string_view kItem = "a list, which the schema takes for one of its items";

const std::vector<SchemaDefect>& Table() {
  static const auto* const kTable = new std::vector<SchemaDefect>{
      {"v1alpha1.Config",
       {"persist"},
       8,
       14,
       R"({"type": "boolean"})",
       "never in the schema, while Talos' own generator always writes it"},
      {"v1alpha1.ClusterConfig", {"allowSchedulingOnMasters"}, 8, 14, kAny, kHidden},
      {"v1alpha1.EtcdConfig", {"subnet"}, 8, 14, kAny, kHidden},
      {"v1alpha1.Device", {"cidr"}, 8, 11, kAny, kHidden},
      {"v1alpha1.Vlan", {"cidr"}, 8, 11, kAny, kHidden},
      {"v1alpha1.InstallConfig", {"bootloader"}, 8, 13, kAny, kHidden},
      {"v1alpha1.InstallConfig", {"extensions"}, 10, 13, kAny, kHidden},
      {"v1alpha1.InstallConfig", {"extraKernelArgs"}, 12, 13, kAny, kHidden},
      {"v1alpha1.APIServerConfig", {"disablePodSecurityPolicy"}, 12, 13, kAny, kHidden},
      {"v1alpha1.FeaturesConfig", {"rbac", "stableHostname", "apidCheckExtKeyUsage"}, 12, 14, kAny, kHidden},
      {"v1alpha1.MachineConfig", {"disks"}, 10, 14, kAny, kMoved},
      {"v1alpha1.MachineConfig", {"systemDiskEncryption"}, 11, 14, kAny, kMoved},
      {"v1alpha1.MachineConfig", {"time", "registries"}, 12, 14, kAny, kMoved},
      {"v1alpha1.NetworkConfig",
       {"hostname", "interfaces", "nameservers", "searchDomains", "extraHostEntries", "disableSearchDomain"},
       12,
       12,
       kAny,
       kMoved},
      {"v1alpha1.MachineConfig", {"network", "env"}, 13, 14, kAny, kMoved},
      {"v1alpha1.MachineConfig",
       {"controlPlane", "kubelet", "pods", "install", "files", "sysctls", "sysfs", "udev", "kernel",
        "baseRuntimeSpecOverrides", "nodeLabels", "nodeAnnotations", "nodeTaints"},
       14,
       14,
       kAny,
       kMoved},
      {"v1alpha1.ClusterConfig",
       {"id",
        "secret",
        "controlPlane",
        "clusterName",
        "network",
        "aescbcEncryptionSecret",
        "secretboxEncryptionSecret",
        "ca",
        "acceptedCAs",
        "aggregatorCA",
        "serviceAccount",
        "apiServer",
        "controllerManager",
        "proxy",
        "scheduler",
        "discovery",
        "coreDNS",
        "extraManifests",
        "extraManifestHeaders",
        "inlineManifests",
        "allowSchedulingOnControlPlanes"},
       14,
       14,
       kAny,
       kMoved},
      {"v1alpha1.FeaturesConfig",
       {"kubernetesTalosAPIAccess", "kubePrism", "hostDNS", "imageCache"},
       14,
       14,
       kAny,
       kMoved},
      {"v1alpha1.MachineConfig", {"acceptedCAs"}, 8, 14, kAny, kItem},
      {"v1alpha1.ClusterConfig", {"acceptedCAs"}, 8, 13, kAny, kItem},
      {"v1alpha1.LoggingDestination",
       {"endpoint"},
       8,
       14,
       R"({"type": "string"})",
       "a URL, which the schema takes for a mapping without fields"},
      {"v1alpha1.DiskPartition", {"size"}, 8, 9, kAny, "a text such as 100 MB too, not only a number"},
      {"v1alpha1.EncryptionConfig", {"options"}, 8, 10, kTexts, kItem},
      {"block.EncryptionSpec", {"options"}, 10, 12, kTexts, kItem},
      {"container.ContainerDependsOn", {"networks"}, 14, 14, kTexts, kItem},
      {"container.UserVolumeMount", {"options"}, 14, 14, kTexts, kItem},
      {"cri.RegistryTLSConfigV1Alpha1",
       {"clientIdentity"},
       12,
       13,
       R"({"type": "object", "properties": {"cert": {"type": "string"}, "key": {"type": "string"}},
           "additionalProperties": false})",
       "the certificate is called cert, not crt as elsewhere"},
      {"network.RoutingRuleConfigV1Alpha1",
       {"action"},
       13,
       14,
       R"({"type": "string"})",
       "a word such as unicast; the schema shows the number behind it"},
      {"network.KubespanEndpointsConfigV1Alpha1",
       {"kind"},
       8,
       14,
       R"({"enum": ["KubeSpanEndpointsConfig"]})",
       "the schema's name of this kind is not the one that Talos knows"},
      {"runtime.UnattendedInstallConfigV1Alpha1",
       {"kind"},
       14,
       14,
       R"({"enum": ["UnattendedInstallConfig"]})",
       kCandidate},
      {"container.ContainerSecurity", {"machinedAccess"}, 14, 14, R"({"type": "boolean"})", kCandidate},
  };
  return *kTable;
}

}  // namespace

std::span<const SchemaDefect> SchemaDefects() { return Table(); }

std::vector<SchemaAmendment> AmendmentsOf(int minor) {
  std::vector<SchemaAmendment> amendments;
  for (const SchemaDefect& defect : Table()) {
    if (minor < defect.oldest || minor > defect.newest) continue;
    for (const std::string_view property : defect.properties)
      amendments.push_back({defect.definition, property, defect.schema});
  }
  return amendments;
}

}  // namespace slipway::talos
