// Each rule is provoked by one patch to a config that has no finding.
#include "reconciler/talos/validation.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/reconciler/talos/node_forms.h"
#include "tests/reconciler/talos/patch_fixture.h"

namespace slipway::talos {
namespace {

constexpr const char* kControlPlane = R"(
version: v1alpha1
persist: true
machine:
  type: controlplane
  token: abcdef.0123456789abcdef
  ca: {crt: Y3J0, key: a2V5}
  kubelet: {image: "ghcr.io/siderolabs/kubelet:v1.34.1"}
  install: {disk: /dev/sda}
  features: {hostDNS: {enabled: true, forwardKubeDNSToHost: true}}
cluster:
  id: aWQ=
  secret: c2VjcmV0
  controlPlane: {endpoint: "https://10.0.128.100:6443"}
  network: {dnsDomain: cluster.local, cni: {name: flannel}}
  ca: {crt: Y3J0, key: a2V5}
  etcd: {ca: {crt: Y3J0, key: a2V5}}
  discovery: {enabled: true}
)";

constexpr const char* kWorker = R"(
version: v1alpha1
machine:
  type: worker
  ca: {crt: Y3J0, key: ""}
  install: {disk: /dev/sda}
cluster:
  controlPlane: {endpoint: "https://10.0.128.100:6443"}
  ca: {crt: Y3J0, key: ""}
)";

std::string Findings(const char* base, const std::string& patch, const char* version = "v1.11.6",
                     RuntimeMode mode = RuntimeMode::kMetal) {
  const auto patched = Patched(base, patch, TalosVersion::Parse(version)->minor);
  if (!patched) return "refused: " + patched.error().message + '\n';
  std::string text;
  for (const Finding& finding : Validate(*patched, *TalosVersion::Parse(version), mode)) {
    text += (finding.severity == Severity::kError ? "error: " : "warning: ") + finding.message + '\n';
    EXPECT_FALSE(finding.fix.empty());
    EXPECT_GT(finding.mark.line, 0u) << finding.message;
  }
  return text;
}

struct Rule {
  const char* patch;
  const char* finding;
};

void ExpectEach(const char* base, const char* version, const std::vector<Rule>& rules) {
  for (const Rule& rule : rules) {
    const std::string found = Findings(base, rule.patch, version);
    EXPECT_NE(found.find(rule.finding), std::string::npos) << rule.patch << "\n" << found;
    EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 1) << rule.patch << "\n" << found;
  }
}

TEST(Validation, GoodConfigsHaveNoFinding) {
  EXPECT_EQ(Findings(kControlPlane, "machine: {env: {A: b}}"), "");
  EXPECT_EQ(Findings(kWorker, "machine: {env: {A: b}}"), "");
  EXPECT_EQ(Findings(kWorker, "machine: {install: {$patch: delete}}", "v1.11.6", RuntimeMode::kCloud), "");
}

TEST(Validation, TheMachineSection) {
  ExpectEach(
      kControlPlane, "v1.11.6",
      {{"persist: false", "`persist` must be true"},
       {"machine: {type: wrker}", "unknown machine type"},
       {"machine: {install: {$patch: delete}}", "`machine.install` is missing"},
       {"machine: {install: {disk: {$patch: delete}}}", "names no disk"},
       {"machine: {install: {disk: {$patch: delete}, diskSelector: {name: sda}}}", "no disk by `name`"},
       {"machine: {install: {extraKernelArgs: [a=b], grubUseUKICmdline: true}}", "grubUseUKICmdline"},
       {"machine: {install: {extensions: [{image: x}]}}",
        "warning: `machine.install.extensions` is deprecated"},
       {"machine: {ca: {crt: Y3J0, key: ''}}", "needs the key of `machine.ca`"},
       {"machine: {ca: {$patch: delete}}", "a control plane needs `machine.ca`"},
       {"machine: {kubelet: {nodeIP: {validSubnets: ['!10.0.0.0/8', nonsense]}}}", "`nonsense` is no subnet"},
       {"machine: {kubelet: {extraConfig: {port: 1}}}", "Talos sets `port`"},
       {"machine: {kubelet: {image: 'x:v1.40.0'}}",
        "does not run on Talos v1.11.6, which takes 1.29 to 1.34"},
       {"machine: {kubelet: {image: 'x:latest'}}", "has no tag of the form"},
       {"machine: {features: {hostDNS: {enabled: false}}}", "needs the host's DNS cache"},
       {"machine: {features: {kubernetesTalosAPIAccess: {enabled: true, allowedRoles: ['os:root']}}}",
        "`os:root` is no role"},
       {"machine: {disks: [{device: /dev/sdb, partitions: [{mountpoint: /a}, {mountpoint: /b}]}]}",
        "takes the whole disk"},
       {"machine: {systemDiskEncryption: {state: {provider: luks2}}}", "has no keys"},
       {"machine: {systemDiskEncryption: {state: {keys: [{slot: 0, tpm: {}}, {slot: 0, tpm: {}}]}}}",
        "two keys for one slot"},
       {"machine: {systemDiskEncryption: {state: {keys: [{slot: 0}]}}}", "a key without a method"},
       {"machine: {logging: {destinations: [{endpoint: 'http://x:1', format: json_lines}]}}",
        "tcp:// or udp://"},
       {"machine: {logging: {destinations: [{endpoint: 'tcp://x:1', format: text}]}}", "json_lines"},
       {"machine: {nodeLabels: {a: 'b c'}}", "`nodeLabels.a`"},
       {"machine: {nodeTaints: {a: 'b:Never'}}", "`nodeTaints.a`"}});
}

TEST(Validation, TheClusterSection) {
  ExpectEach(
      kControlPlane, "v1.11.6",
      {{"cluster: {controlPlane: {endpoint: 'https://:6443'}}", "is no URL"},
       {"cluster: {controlPlane: {endpoint: 'https://h:99999'}}", "is no URL"},
       {"cluster: {network: {dnsDomain: '-x'}}", "is no DNS name"},
       {"cluster: {network: {cni: {name: calico}}}", "flannel, none or custom"},
       {"cluster: {network: {cni: {name: none, urls: ['https://x/y']}}}", "belong to the CNI custom"},
       {"cluster: {network: {cni: {name: custom}}}", "warning: the CNI custom has no `urls`"},
       {"cluster: {id: {$patch: delete}}", "needs `cluster.id`"},
       {"cluster: {discovery: {registries: {service: {endpoint: 'https://x/y'}}}}", "without a path"},
       {"cluster: {etcd: {ca: {crt: Y3J0, key: ''}}}", "`cluster.etcd.ca` needs crt and key"},
       {"cluster: {etcd: {subnet: 10.0.0.0/8, advertisedSubnets: [10.0.0.0/8]}}", "say the same"},
       {"cluster: {inlineManifests: [{name: ' ', contents: x}]}", "needs a name"},
       {"cluster: {inlineManifests: [{name: a, contents: x}, {name: a, contents: x}]}", "is there twice"},
       {"cluster: {externalCloudProvider: {manifests: ['https://x/y']}}", "not enabled"}});
}

TEST(Validation, WhatAWorkerMustNotHold) {
  ExpectEach(
      kWorker, "v1.11.6",
      {{"machine: {ca: {crt: Y3J0, key: a2V5}}", "must not hold the key of `machine.ca`"},
       {"cluster: {ca: {crt: Y3J0, key: a2V5}}", "must not hold the key of `cluster.ca`"},
       {"cluster: {etcd: {ca: {crt: Y3J0, key: a2V5}}}", "belongs to control planes"},
       {"machine: {ca: {$patch: delete}}", "says whom to trust"},
       {"machine: {network: {interfaces: [{interface: a, dhcp: true, vip: {ip: 10.0.0.1}}]}}", "virtual IP"},
       {"machine: {features: {kubernetesTalosAPIAccess: {enabled: true}}}", "only control planes"}});
  ExpectEach(
      kWorker, "v1.12.0",
      {{"{apiVersion: v1alpha1, kind: Layer2VIPConfig, name: 10.0.0.1, link: a}", "a worker cannot have"}});
}

TEST(Validation, TheOldNetworkSection) {
  const auto links = [](const std::string& items) {
    return "machine: {network: {interfaces: [" + items + "]}}";
  };
  const std::vector<std::pair<std::string, const char*>> rules = {
      {"{dhcp: true}", "exactly one of them"},
      {"{interface: a, deviceSelector: {driver: x}}", "exactly one of them"},
      {"{deviceSelector: {}}", "says nothing"},
      {"{interface: a, addresses: [10.0.0.300]}", "is no address"},
      {"{interface: a, cidr: 10.0.0.1/8}", "warning: `cidr` is deprecated"},
      {"{interface: a, routes: [{network: 10.0.0.0}]}", "is no network"},
      {"{interface: a, routes: [{metric: 1}]}", "needs a network or a gateway"},
      {"{interface: a, vip: {ip: x}}", "virtual IP must be an address"},
      {"{interface: b, bond: {mode: 802.3ad, interfaces: [x], miimon: 100, updelay: 50}}",
       "multiple of `miimon`"},
      {"{interface: b, bond: {mode: active-backup, interfaces: [x], lacpRate: fast}}",
       "`lacpRate` does not go"},
      {"{interface: b, bond: {mode: 802.3ad, interfaces: [x], xmitHashPolicy: vlan+srcmac}}",
       "`vlan+srcmac` is no `xmitHashPolicy` of a bond"},
      {"{interface: b, bond: {mode: active-backup, interfaces: [x], arpValidate: filter}}",
       "`filter` is no `arpValidate` of a bond"},
      {"{interface: b, bond: {mode: 802.3ad, interfaces: [x], arpValidate: all}}",
       "`arpValidate` does not go"},
      {"{interface: b, bond: {mode: 802.3ad, interfaces: [x]}}, {interface: x, dhcp: true}", "belongs to b"},
      {"{interface: b, bridge: {interfaces: [x]}}, {interface: c, bridge: {interfaces: [x]}}",
       "belongs to b already"},
      {"{interface: b, bridge: {interfaces: [x]}, bond: {mode: 802.3ad, interfaces: [x]}}", "not both"},
      {"{interface: a, wireguard: {privateKey: short}}", "no WireGuard key"},
      {"{interface: a, vlans: [{vlanId: 5, addresses: [x]}]}", "is no address"},
  };
  for (const auto& [items, finding] : rules) {
    const std::string patch = links(items);
    ExpectEach(kControlPlane, "v1.11.6", {{patch.c_str(), finding}});
  }
  EXPECT_EQ(Findings(kControlPlane, links("{interface: a, ignore: true, addresses: [x]}")), "");
}

std::string Document(const std::string& rest) { return "{apiVersion: v1alpha1, kind: " + rest + "}"; }

TEST(Validation, Documents) {
  const std::vector<std::pair<std::string, const char*>> rules = {
      {"HostnameConfig", "needs `hostname` or `auto`"},
      {"HostnameConfig, hostname: a", "needs `auto: off`"},
      {"LinkConfig, name: a, addresses: [{address: 0.0.0.0/8}]", "has a prefix length"},
      {"LinkConfig, name: a, routes: [{destination: 0.0.0.0/0, gateway: 10.0.0.1}]",
       "destination `0.0.0.0/0` is refused"},
      {"LinkAliasConfig, name: a", "needs `selector.match`"},
      {"LinkAliasConfig, name: a, selector: {match: 'disk.size'}", "no condition in CEL"},
      {"BondConfig, name: b, bondMode: active-backup", "a bond needs `links`"},
      {"VLANConfig, name: v, parent: a, vlanID: 5000", "from 1 to 4094"},
      {"DHCPv4Config, name: a, clientIdentifier: duid", "belong together"},
      {"Layer2VIPConfig, name: x, link: a", "is its address"},
      {"StaticHostConfig, name: 10.0.0.1", "needs `hostnames`"},
      {"TimeSyncConfig, ntp: {servers: [a]}, ptp: {devices: [b]}", "from `ntp` or from `ptp`"},
      {"NetworkRuleConfig, name: r", "needs `portSelector.ports`"},
      {"VolumeConfig, name: DATA", "no system volume"},
      {"VolumeConfig, name: STATE, provisioning: {grow: true}", "not sized or placed"},
      {"VolumeConfig, name: EPHEMERAL, provisioning: {minSize: 2GiB, maxSize: 1GiB}", "larger than"},
      {"UserVolumeConfig, name: d, provisioning: {minSize: 1GiB}",
       "`provisioning.diskSelector.match` is missing"},
      {"UserVolumeConfig, name: d_, provisioning: {minSize: 1GiB, diskSelector: {match: system_disk}}",
       "1 to 34 letters"},
      {"RegistryMirrorConfig, name: r, endpoints: [{url: 'ftp://x'}]", "http:// or https://"},
      {"KmsgLogConfig, name: k, url: 'tcp://x/'", "with a port and no path"},
      {"SideroLinkConfig, apiUrl: 'ftp://x'", "https:// or grpc://"},
      {"ExtensionServiceConfig, name: e", "needs `configFiles` or `environment`"},
      {"EnvironmentConfig, variables: {1A: b}", "is no name of a variable"},
      {"WatchdogTimerConfig", "needs a `device`"},
  };
  for (const auto& [document, finding] : rules) {
    const std::string patch = Document(document);
    ExpectEach(kControlPlane, "v1.13.0", {{patch.c_str(), finding}});
  }
}

TEST(Validation, WhatIsSaidTwice) {
  const std::vector<std::pair<std::string, const char*>> rules = {
      {"machine: {network: {hostname: a}}\n---\n" + Document("HostnameConfig, auto: stable"),
       "machine.network.hostname"},
      {"machine: {features: {stableHostname: true}}\n---\n" + Document("HostnameConfig, auto: stable"),
       "stableHostname"},
      {"machine: {network: {nameservers: [1.1.1.1]}}\n---\n" + Document("ResolverConfig"),
       "machine.network.nameservers"},
      {Document("LinkConfig, name: a") + "\n---\n" + Document("DummyLinkConfig, name: a"),
       "is a LinkConfig already"},
      {"machine: {systemDiskEncryption: {state: {keys: [{slot: 0, tpm: {}}]}}}\n---\n" +
           Document("VolumeConfig, name: STATE, encryption: {provider: luks2, keys: [{slot: 0, tpm: {}}]}"),
       "both encrypt STATE"},
  };
  for (const auto& [patch, finding] : rules) ExpectEach(kControlPlane, "v1.13.0", {{patch.c_str(), finding}});
}

TEST(Validation, From114DocumentsTakeOver) {
  ExpectEach(kWorker, "v1.14.0",
             {{"{apiVersion: v1alpha1, kind: KubeSchedulerConfig, image: 'x:v1.35.0'}",
               "only a control plane can have"},
              {"{apiVersion: v1alpha1, kind: UnattendedInstallConfig, installer: {image: x}, provisioning: "
               "{diskSelector: {match: "
               "disk.rotational}}}",
               "`machine.install` and the document"},
              {"{apiVersion: v1alpha1, kind: KubeNetworkConfig, podSubnets: [10.0.0.0/8, 11.0.0.0/8], "
               "serviceSubnets: "
               "[10.96.0.0/12, 'fd00::/112']}",
               "have one family"}});
}

/// Upstream's generated configs have nothing to complain about.
TEST(Validation, UpstreamGoldenFilesPass) {
  const std::filesystem::path folder =
      std::filesystem::path(SLIPWAY_SOURCE_DIR) / "../shared/data/talos/golden";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no upstream data at " << folder;
  int seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string version = entry.path().parent_path().filename().string();
    const auto parsed = TalosVersion::Parse(version + ".0");
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || !parsed || parsed->minor < 8 || name.find("secrets") != std::string::npos)
      continue;
    std::ifstream file(entry.path());
    std::stringstream text;
    text << file.rdbuf();
    const Documents documents = DocumentsOf(text.str());
    for (const Finding& finding : Validate(documents, *parsed, RuntimeMode::kCloud)) {
      // The goldens are of Kubernetes 1.28, which no newer Talos runs.
      if (finding.message.starts_with("Kubernetes v1.28.0")) continue;
      ADD_FAILURE() << entry.path() << ": " << finding.message;
    }
    ++seen;
  }
  EXPECT_GT(seen, 5);
}

}  // namespace
}  // namespace slipway::talos
