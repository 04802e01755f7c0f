// Documents of Talos 1.14, each with one thing wrong. tests/oracle/validate asks Talos' own module about far
// more.
#include <gtest/gtest.h>

#include <algorithm>

#include "reconciler/talos/validation.h"
#include "tests/reconciler/talos/patch_fixture.h"

namespace slipway::talos {
namespace {

constexpr const char* kControlPlane =
    "machine: {type: controlplane, ca: {crt: Y3J0, key: a2V5}}\ncluster: {}\n---\n";

/// The findings of a config, one a line.
std::string Findings(const std::string& text, int minor = 14) {
  std::string all;
  const Documents documents = ParseDocuments(text);
  for (const Finding& finding : Validate(documents, {1, minor, 1, ""}, RuntimeMode::kCloud)) {
    EXPECT_FALSE(finding.fix.empty());
    EXPECT_GT(finding.mark.line, 0U) << finding.message;
    all += (finding.severity == Severity::kError ? "error: " : "warning: ") + finding.message + '\n';
  }
  return all;
}

struct Rule {
  const char* document;  ///< without its apiVersion
  const char* finding;   ///< "" for none
};

void ExpectEach(const std::string& before, const std::vector<Rule>& rules, int minor = 14) {
  for (const Rule& rule : rules) {
    const std::string text = before + "{apiVersion: v1alpha1, " + rule.document + "}\n";
    const std::string found = Findings(text, minor);
    EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), rule.finding[0] == '\0' ? 0 : 1) << text << found;
    EXPECT_NE(found.find(rule.finding), std::string::npos) << text << found;
  }
}

TEST(ValidationDocuments, OfTheControlPlane) {
  ExpectEach(kControlPlane,
             {{"kind: KubeSchedulerConfig, image: 'x:v1.35.0'", ""},
              {"kind: KubeSchedulerConfig", "needs `image`"},
              {"kind: KubeSchedulerConfig, enabled: false", ""},
              {"kind: KubeSchedulerConfig, image: 'x:v1.20.0'", "does not run on Talos"},
              {"kind: KubeControllerManagerConfig, image: 'x:v1.35.0', resources: {limits: {gpu: 1}}",
               "no resource `gpu`"},
              {"kind: KubeAPIServerConfig, image: 'x:v1.35.0', extraArgs: {oidc-issuer-url: x}",
               "is not yours to set"},
              {"kind: KubeAPIServerConfig, image: 'x:v1.35.0', extraArgs: {oidc-signing-algs: x}",
               "`oidc-signing-algs` of the API server"},
              {"kind: KubeProxyConfig, image: 'x:v1.35.0', mode: ipvs", "warning: kube-proxy's mode ipvs"},
              {"kind: KubeProxyConfig, image: 'x:v1.35.0', mode: x", "is no mode of kube-proxy"},
              {"kind: KubeAuthorizerConfig, name: a, type: ABAC", "Node, RBAC or Webhook"},
              {"kind: KubeAuthorizerConfig, name: a, type: Webhook", "has no `webhook`"},
              {"kind: KubeEtcdEncryptionConfig, config: {}", "needs `config`"},
              {"kind: KubeServiceAccountConfig, issuer: {privateKey: x, issuerURL: 'https://a'}",
               "it holds no PEM block"},
              {"kind: KubeAggregatorCAConfig, issuingCA: {cert: x, key: y}",
               "of `issuingCA` the certificate is wrong"},
              {"kind: KubeTalosAPIAccessConfig, allowedRoles: []", "warning: no role is allowed"},
              {"kind: KubeTalosAPIAccessConfig, allowedRoles: ['os:image:verifier']", ""},
              {"kind: KubeTalosAPIAccessConfig, allowedRoles: ['os:x']", "is no role"}});
  EXPECT_EQ(Findings("{apiVersion: v1alpha1, kind: KubeCoreDNSConfig, enabled: true}\n"),
            "error: only a control plane can have a KubeCoreDNSConfig\n");
}

TEST(ValidationDocuments, OfEveryNode) {
  ExpectEach("", {{"kind: KubeletConfig, image: 'x:v1.35.0', config: {port: 1}",
                   "sets `port` of the kubelet itself"},
                  {"kind: KubePrismConfig, port: 0", "a port from 1 to 65535"},
                  {"kind: KubeStaticPodConfig, name: a, pod: {}", "needs a `pod`"},
                  {"kind: KubeInlineManifestConfig, name: 'A b'", "one that Kubernetes takes"},
                  {"kind: KubeNetworkConfig, podSubnets: [10.0.0.0/16], serviceSubnets: [10.96.0.0/11]",
                   "too large for services"},
                  {"kind: KubeNetworkConfig, podSubnets: [10.0.0.1/16], serviceSubnets: [10.96.0.0/12]",
                   "is no network"},
                  {"kind: KubeNetworkConfig, podSubnets: [10.0.0.0/7], serviceSubnets: [10.96.0.0/12]",
                   "does not hold the /24"},
                  {"kind: DiscoveryIdentityConfig, clusterID: a, clusterSecret: YQ==", "no key of 32 bytes"},
                  {"kind: KubeClusterConfig, endpoint: 'https://10.0.0.1:6443'", "needs `clusterName`"}});
  ExpectEach(
      "{apiVersion: v1alpha1, kind: KubeClusterConfig, clusterName: a, endpoint: 'https://a:1'}\n---\n",
      {{"kind: KubeAPIServerCAConfig, acceptedCAs: [x]", "an accepted authority is wrong"}});
}

TEST(ValidationDocuments, OfVolumesAndDisks) {
  ExpectEach(
      "", {{"kind: UserVolumeConfig, name: a, volumeType: directory, mount: {secure: true}", ""},
           {"kind: UserVolumeConfig, name: a, volumeType: directory, mount: {disableAccessTime: false}",
            "has no `mount.disableAccessTime`"},
           {"kind: VolumeConfig, name: ETCD, mount: {secure: true}", "mounted only where it has a partition"},
           {"kind: VolumeConfig, name: STATE, mount: {secure: true}", "STATE has no `mount`"},
           {"kind: VolumeConfig, name: EPHEMERAL, scrub: {interval: 1s}", "at least 10s"},
           {"kind: VolumeConfig, name: EPHEMERAL, encryption: {}", ""},
           {"kind: VolumeConfig, name: EPHEMERAL, encryption: {provider: luks2, keys: [{slot: 0, tpm: "
            "{options: {pcrs: "
            "[24]}}}]}",
            "registers 0 to 23"},
           {"kind: LVMVolumeGroupConfig, name: v, provisioning: {volumeSelector: {match: 'volume_id == "
            "\"r-a\"'}}",
            ""},
           {"kind: LVMVolumeGroupConfig, name: v, provisioning: {volumeSelector: {match: 'volume_id == 1'}}",
            "is no condition in CEL"},
           {"kind: RAIDArrayConfig, name: 'a b', provisioning: {volumeSelector: {match: 'true'}}",
            "letters, digits"},
           {"kind: LVMLogicalVolumeConfig, name: v, type: linear, mirrors: 1, provisioning: {volumeGroup: g, "
            "maxSize: "
            "1GiB}",
            "`mirrors` is for"},
           {"kind: FilesystemScrubConfig, interval: 1s", "at least 10s"}});
  ExpectEach("",
             {{"kind: UserVolumeConfig, name: a, volumeType: directory, mount: {secure: true}",
               "a directory has no `mount`"}},
             13);
}

TEST(ValidationDocuments, OfTheNetwork) {
  ExpectEach(
      "", {{"kind: VethConfig, name: a, peer: {name: a}", "two names"},
           {"kind: VethConfig, name: a, peer: {name: 'a/b'}", "up to 15 characters"},
           {"kind: ResolverConfig, nameservers: [{address: 1.1.1.1, tlsServerName: x}]", "DoT and DoH"},
           {"kind: ResolverConfig, hostDNS: {enabled: false, resolveMemberNames: true}", "needs the host's"},
           {"kind: ResolverConfig, nameservers: [{address: 1.1.1.1, protocol: DoT, tlsServerName: x}, "
            "{address: 1.1.1.1}]",
            "DoT needs the host's DNS cache"},
           {"kind: RoutingRuleConfig, name: '32766', table: '100'", "is its priority"},
           {"kind: RoutingRuleConfig, name: '100'", "needs a `table`"},
           {"kind: BGPInstanceConfig, name: a, localASN: 1, neighbors: [{address: 10.0.0.1, link: b}]",
            "exactly one of them"},
           {"kind: BGPInstanceConfig, name: a, localASN: 1, neighbors: [{link: b}], importRoutes: "
            "[{bgpInstance: o, prefixes: [10.0.0.0/8, 10.1.0.0/16]}]",
            "overlaps another"},
           {"kind: TimeSyncConfig, ntp: {servers: [1.1.1.1], useNTS: true}", "names of its servers"},
           {"kind: NetworkRuleConfig, name: a, portSelector: {ports: [80, 70-90]}", "overlap"},
           {"kind: KubeSpanConfig, enabled: true", "KubeSpan needs discovery"},
           {"kind: HTTPProbeConfig, name: a, url: 'ftp://x'", "needs a `url`"}});
}

TEST(ValidationDocuments, OfContainersAndFiles) {
  const std::string image = "image: 'nginx@sha256:0'";
  const auto container = [&](const std::string& rest) {
    return Findings("{apiVersion: v1alpha1, kind: ContainerConfig, name: a, " + image + rest + "}\n");
  };
  EXPECT_EQ(container(""), "");
  for (const auto& [rest, finding] : std::vector<std::pair<std::string, std::string>>{
           {", mounts: [{}]", "exactly one of them"},
           {", mounts: [{tmpfs: {destination: tmp}}]", "absolute path"},
           {", mounts: [{tmpfs: {destination: /tmp, options: [ro, rw]}}]", "not both"},
           {", security: {capabilities: {add: [ALL]}}", "no capability that can stand here"},
           {", resources: {limits: {cpu: '1'}}", "millicores"},
           {", network: {mode: bridge}", "none or host"},
           {", environment: [A]", "KEY=value"},
           {", dependsOn: {containers: [b]}", "there is no container `b`"},
           {"}\n---\n{apiVersion: v1alpha1, kind: EtcFileConfig, name: hosts", "itself"},
           {"}\n---\n{apiVersion: v1alpha1, kind: CRICustomizationConfig, name: a b", "like a label"}})
    EXPECT_NE(container(rest).find(finding), std::string::npos) << rest << container(rest);
  const std::string circle =
      "{apiVersion: v1alpha1, kind: ContainerConfig, name: a, " + image +
      ", dependsOn: {containers: [b]}}\n---\n{apiVersion: v1alpha1, kind: ContainerConfig, "
      "name: b, " +
      image + ", dependsOn: {containers: [a]}}\n";
  EXPECT_NE(Findings(circle).find("waits for itself"), std::string::npos);
}

TEST(ValidationDocuments, WarningsAreThoseOfTalos) {
  ExpectEach(
      "", {{"kind: UnattendedInstallConfig, provisioning: {diskSelector: {match: 'true'}}",
            "warning: without `installer.image`"},
           {"kind: ResolverConfig, hostDNS: {enabled: true}, nameservers: [{address: 1.1.1.1, protocol: DoT, "
            "tlsServerName: x}]",
            "warning: every nameserver needs the right time"},
           {"kind: ImageVerificationConfig, rules: [{image: 'library/nginx*', skip: true}]",
            "warning: the pattern `library/nginx*` matches no image"},
           {"kind: ImageVerificationConfig, rules: [{image: 'docker.io/nginx:1', skip: true}]",
            "warning: a pattern is held"},
           {"kind: ImageVerificationConfig, rules: [{image: 'docker.io/*', skip: true}]", ""},
           {"kind: ImageVerificationConfig, rules: [{image: '*nginx', deny: true}]", ""}});
  ExpectEach("",
             {{"kind: ImageVerificationConfig, rules: [{image: nginx, skip: true}]", "matches no image"},
              {"kind: ImageVerificationConfig, rules: [{image: library/nginx, skip: true}]", ""}},
             13);
}

TEST(ValidationDocuments, OfAWholeControlPlane) {
  const std::string encryption =
      "{apiVersion: v1alpha1, kind: KubeEtcdEncryptionConfig, config: {resources: []}}\n---\n";
  const std::string old =
      "machine: {type: controlplane, ca: {crt: Y3J0, key: a2V5}}\ncluster: {ca: {crt: Y3J0, "
      "key: a2V5}";
  EXPECT_EQ(Findings(old + "}\n"),
            "error: a control plane must say how secrets are encrypted in etcd\n"
            "error: the config has an authority of Kubernetes, and no name and endpoint of its cluster\n");
  EXPECT_EQ(
      Findings(old + ", controlPlane: {endpoint: 'https://10.0.0.1:6443'}, secretboxEncryptionSecret: x}\n"),
      "");
  EXPECT_EQ(Findings(old + ", controlPlane: {localAPIServerPort: 1}, secretboxEncryptionSecret: x}\n")
                .find("error: `cluster.controlPlane.endpoint` is missing\n"),
            0U);
  EXPECT_EQ(
      Findings(kControlPlane + encryption + "{apiVersion: v1alpha1, kind: KubeNodeConfig, labels: {a: b}}\n"),
      "warning: the KubeNodeConfig of a control plane should have the label "
      "node-role.kubernetes.io/control-plane\n");
  EXPECT_EQ(
      Findings("machine: {type: controlplane, ca: {crt: Y3J0, key: a2V5}}\ncluster: {serviceAccount: {key: "
               "a2V5}}\n"),
      "error: `cluster.serviceAccount` takes its issuer from `cluster.controlPlane.endpoint`\n");
}

}  // namespace
}  // namespace slipway::talos
