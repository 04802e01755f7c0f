#include "schema/fleet/talos_options.h"

#include <gtest/gtest.h>

#include "schema/fleet/codes.h"
#include "schema/fleet/forms.h"
#include "schema/fleet/talos_options_check.h"
#include "schema/fleet/talos_release.h"
#include "tests/schema/sample_fleet.h"

namespace slipway {
namespace {

/// The sample fleet made from a bundle, with these fields in spec.talos.
Files FleetWith(const std::string& version, const std::string& fields) {
  Files files = SampleFleet();
  files["cluster.yaml"] =
      With(files["cluster.yaml"],
           "    version: v1.11.6\n    kubernetesVersion: v1.34.1\n    base: {controlplane: "
           "base/controlplane.yaml, worker: base/worker.yaml}\n",
           "    version: " + version + "\n    secrets: secrets.yaml\n" + fields);
  files["secrets.yaml"] = "cluster: {}\n";
  return files;
}

std::vector<int> CodesOf(const std::string& version, const std::string& fields) {
  std::vector<int> codes;
  for (const Diagnostic& problem : LoadFiles(FleetWith(version, fields)).diagnostics)
    codes.push_back(problem.code);
  return codes;
}

TEST(TalosOptions, AreReadWhole) {
  const LoadOutcome outcome = LoadFiles(FleetWith("v1.11.6", R"(    dnsDomain: example.org
    podSubnets: [10.1.0.0/16, "fd00:1::/56"]
    serviceSubnets: ["fd00:2::/112", 10.2.0.0/16]
    cni: {name: custom, urls: ["https://example.org/cni.yaml"]}
    certSANs: [api.example.org, 10.0.0.9, "fd00::9"]
    allowSchedulingOnControlPlanes: true
    discovery: {enabled: false}
    kubespan: {enabled: false}
    registryMirrors: {ghcr.io: {endpoints: ["https://a", "http://b:5000/path"]}, "*": {endpoints: ["https://c"]}}
    sysctls: {vm.nr_hugepages: "1024"}
    kubelet:
      extraArgs: {rotate-server-certificates: "true"}
      extraConfig: {maxPods: 200}
      extraMounts: [{destination: /var/mnt, type: bind, source: /var/mnt, options: [rshared]}]
      nodeIP: {validSubnets: [10.0.0.0/8, "!10.0.0.9"]}
      clusterDNS: [10.2.0.10]
    localAPIServerPort: 7443
    install: {disk: /dev/vda, wipe: true, extraKernelArgs: [a=b, c]}
)"));
  ASSERT_TRUE(outcome.fleet) << AllText(outcome.diagnostics);
  const Cluster& cluster = *outcome.fleet->clusters.at("home");
  const TalosOptions& options = cluster.talos;
  EXPECT_EQ(cluster.secrets.value, "secrets.yaml");
  EXPECT_EQ(KubernetesVersionOf(cluster), "v1.34.1");
  EXPECT_EQ(options.dns_domain, "example.org");
  EXPECT_EQ(options.pod_subnets, (std::vector<std::string>{"10.1.0.0/16", "fd00:1::/56"}));
  EXPECT_EQ(options.service_subnets.size(), 2U);
  EXPECT_EQ(options.cni, Cni::kCustom);
  EXPECT_EQ(options.cni_urls.size(), 1U);
  EXPECT_EQ(options.cert_sans.size(), 3U);
  EXPECT_TRUE(options.schedule_on_control_planes);
  EXPECT_FALSE(options.discovery);
  EXPECT_EQ(options.kubespan, false);
  EXPECT_EQ(options.registry_mirrors.at("ghcr.io").size(), 2U);
  EXPECT_EQ(options.sysctls.at("vm.nr_hugepages"), "1024");
  EXPECT_NE(options.kubelet.extra_args.Find("rotate-server-certificates"), nullptr);
  EXPECT_NE(options.kubelet.extra_config.Find("maxPods"), nullptr);
  EXPECT_EQ(options.kubelet.extra_mounts.size(), 1U);
  EXPECT_EQ(options.kubelet.node_ip_subnets.size(), 2U);
  EXPECT_EQ(options.kubelet.cluster_dns.size(), 1U);
  EXPECT_EQ(options.local_api_server_port, 7443);
  EXPECT_EQ(options.install.disk, "/dev/vda");
  EXPECT_TRUE(options.install.wipe);
  EXPECT_EQ(options.install.extra_kernel_args.size(), 2U);
}

TEST(TalosOptions, WithoutFieldsAreTheGeneratorsDefaults) {
  const LoadOutcome outcome = LoadFiles(FleetWith("v1.13.9", ""));
  ASSERT_TRUE(outcome.fleet) << AllText(outcome.diagnostics);
  EXPECT_EQ(outcome.fleet->clusters.at("home")->talos, TalosOptions{});
  EXPECT_EQ(KubernetesVersionOf(*outcome.fleet->clusters.at("home")), "v1.36.3");
}

TEST(TalosOptions, WhatAVersionHasNoPlaceForIsRefusedWithAWayOut) {
  const std::string arguments = "    install: {extraKernelArgs: [a=b]}\n";
  const std::string mounts = "    kubelet: {extraMounts: [{destination: /a}]}\n";
  const std::string list = "    kubelet: {extraArgs: {a: [b, c]}}\n";
  const std::vector<int> none;
  const std::vector<int> refused{code::kNotInTalosVersion};
  EXPECT_EQ(CodesOf("v1.11.6", arguments), none);
  for (const char* version : {"v1.12.0", "v1.13.9", "v1.14.0"})
    EXPECT_EQ(CodesOf(version, arguments), refused);
  EXPECT_EQ(CodesOf("v1.13.9", mounts), none);
  EXPECT_EQ(CodesOf("v1.14.0", mounts), refused);
  EXPECT_EQ(CodesOf("v1.12.0", list), refused);
  EXPECT_EQ(CodesOf("v1.13.9", list), none);
  const std::string text = AllText(LoadFiles(FleetWith("v1.14.0", arguments)).diagnostics);
  EXPECT_NE(text.find("schematic"), std::string::npos) << text;
  EXPECT_NE(text.find("spec.boot.args"), std::string::npos) << text;
}

TEST(TalosOptions, AllProblemsAreReportedAtOnceAtTheirLines) {
  const LoadOutcome outcome = LoadFiles(FleetWith("v1.13.9", R"(    kubernetesVersion: v1.30.0
    dnsDomain: Example
    podSubnets: [10.1.0.0/16, 10.2.0.0/16]
    serviceSubnets: [10.3.0.0/16, "fd00::/112"]
    cni: {name: custom}
    kubelet: {extraArgs: {a: 5}, clusterDNS: [x], nodeIP: {validSubnets: ["!x"]}}
    install: {schematic: abc, image: "ghcr.io/x:1", disk: sda}
)"));
  const std::string text = AllText(outcome.diagnostics);
  for (const char* at : {"cluster.yaml:9:", ":10:", ":11:", ":13:", ":14:", ":15:"})
    EXPECT_NE(text.find(at), std::string::npos) << at << " in\n" << text;
  EXPECT_EQ(outcome.diagnostics.size(), 10U) << text;
}

TEST(TalosOptions, BaseOrSecretsNotBoth) {
  EXPECT_EQ(CodesOf("v1.11.6", "    base: {worker: base/worker.yaml}\n"),
            std::vector<int>{code::kNotExactlyOne});
}

TEST(TalosRelease, RangesAndDefaults) {
  for (int minor = kOldestTalosMinor; minor <= kNewestTalosMinor; ++minor) {
    const auto version = TalosVersion::Parse(DefaultKubernetesVersion(minor));
    ASSERT_TRUE(version) << minor;
    EXPECT_TRUE(KubernetesRangeOf(minor).Holds(*version)) << minor;
    EXPECT_EQ(KubernetesRangeOf(minor).newest, version->minor) << minor;
  }
  EXPECT_FALSE(KubernetesRangeOf(8).Holds(*TalosVersion::Parse("v1.25.9")));
  EXPECT_EQ(DefaultInstallImage(*TalosVersion::Parse("v1.13.9")), "ghcr.io/siderolabs/installer:v1.13.9");
  EXPECT_TRUE(
      DefaultInstallImage(*TalosVersion::Parse("v1.14.0")).starts_with("factory.talos.dev/metal-installer/"));
}

TEST(Forms, EndpointsAreThoseThatTalosctlTakes) {
  for (const char* good : {"https://10.0.0.1:6443", "https://base:6443", "https://api.example.org",
                           "https://[fd00::1]:6443", "https://[fd00::1]", "https://a:1/"}) {
    EXPECT_EQ(forms::EndpointProblem(good), "") << good;
  }
  for (const char* bad :
       {"http://a:1", "a:6443", "https://", "https://:6443", "https://a:0", "https://a:65536", "https://a:x",
        "https://fd00::1:6443", "https://[fd00::1", "https://[10.0.0.1]:1", "https://a b", "https://a:"}) {
    EXPECT_NE(forms::EndpointProblem(bad), "") << bad;
  }
  EXPECT_EQ(forms::ParseEndpoint("https://[fd00::1]:6443/"), "https://[fd00::1]:6443");
  EXPECT_FALSE(forms::ParseEndpoint("https://[fd00::1]"));
}

}  // namespace
}  // namespace slipway
