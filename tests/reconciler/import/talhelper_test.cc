#include "reconciler/import/talhelper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "reconciler/import/fields.h"
#include "reconciler/secrets/identity.h"
#include "schema/fleet/load.h"
#include "tests/reconciler/import/fixture.h"
#include "tests/reconciler/secrets/seal.h"

namespace slipway::imports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHead =
    "clusterName: t\ntalosVersion: v1.13.9\nkubernetesVersion: v1.36.0\nendpoint: https://10.1.0.10:6443\n";
constexpr const char* kHead11 =
    "clusterName: t\ntalosVersion: v1.11.6\nkubernetesVersion: v1.34.1\nendpoint: https://10.1.0.10:6443\n";

/// A talconfig with one control plane and one worker; each text is more of its fields, indented by four.
Files Talconfig(const std::string& cluster, const std::string& controlplane = "",
                const std::string& worker = "", const char* head = kHead) {
  return {
      {"talconfig.yaml", head + cluster +
                             "nodes:\n  - hostname: cp\n    controlPlane: true\n    ipAddress: 10.1.0.11\n"
                             "    installDisk: /dev/sda\n" +
                             controlplane +
                             "  - hostname: w\n    controlPlane: false\n    ipAddress: 10.1.0.12\n"
                             "    installDisk: /dev/sda\n" +
                             worker},
      {"talsecret.yaml", BundleText()}};
}

/// Replaces the value that is the n-th in document order; false when there are fewer.
bool ReplaceNth(yaml::Value& value, size_t& left, const yaml::Value& other) {
  if (left-- == 0) {
    value = other;
    return true;
  }
  if (yaml::Mapping* entries = value.AsMapping()) {
    for (yaml::Entry& entry : *entries) {
      if (ReplaceNth(entry.value, left, other)) return true;
    }
  } else if (yaml::Sequence* list = value.AsSequence()) {
    for (yaml::Value& item : *list) {
      if (ReplaceNth(item, left, other)) return true;
    }
  }
  return false;
}

struct Outcome {
  Imported imported;
  Rendered rendered;
  const std::vector<yaml::Value>& cp() { return rendered.configs["cp"]; }
  const std::vector<yaml::Value>& w() { return rendered.configs["w"]; }
  std::string lost() const { return RemarksOf(imported, RemarkKind::kLost); }
};

Outcome Walk(const Files& files) {
  Outcome outcome;
  auto imported = Talhelper(files);
  EXPECT_TRUE(imported) << imported.error().message;
  if (!imported) return outcome;
  outcome.imported = *imported;
  outcome.rendered = Render(imported->files);
  for (const Diagnostic& problem : outcome.rendered.diagnostics) {
    EXPECT_NE(problem.severity, Severity::kError) << FormatText(problem);
  }
  return outcome;
}

std::string Field(const std::vector<yaml::Value>& config, const std::string& path) {
  return ScalarText(MainField(config, path));
}

TEST(Talhelper, TheClustersOwnFields) {
  Outcome out =
      Walk(Talconfig("domain: k8s.example\nallowSchedulingOnMasters: true\nclusterPodNets: [10.9.0.0/16]\n"
                     "clusterSvcNets: [10.10.0.0/16]\ncniConfig: {name: custom, urls: "
                     "[https://example.org/a, https://example.org/b]}\n"
                     "additionalMachineCertSans: [m.example]\nadditionalApiServerCertSans: [a.example]\n"));
  EXPECT_EQ(out.lost(), "");
  EXPECT_EQ(Field(out.cp(), "cluster.network.dnsDomain"), "k8s.example");
  EXPECT_EQ(Field(out.cp(), "cluster.allowSchedulingOnControlPlanes"), "true");
  EXPECT_EQ(TextList(MainField(out.w(), "cluster.network"), "podSubnets"),
            std::vector<std::string>{"10.9.0.0/16"});
  EXPECT_EQ(TextList(MainField(out.w(), "cluster.network"), "serviceSubnets"),
            std::vector<std::string>{"10.10.0.0/16"});
  EXPECT_EQ(TextList(MainField(out.cp(), "cluster.network.cni"), "urls").size(), 2U);
  EXPECT_EQ(TextList(MainField(out.w(), "machine"), "certSANs"), std::vector<std::string>{"m.example"});
  EXPECT_EQ(TextList(MainField(out.cp(), "cluster.apiServer"), "certSANs"),
            std::vector<std::string>{"a.example"});
  EXPECT_TRUE(MainField(out.w(), "cluster.apiServer").IsNull());
  EXPECT_EQ(Field(out.cp(), "cluster.controlPlane.endpoint"), "https://10.1.0.10:6443");
  EXPECT_EQ(Field(out.w(), "machine.kubelet.image"), "ghcr.io/siderolabs/kubelet:v1.36.0");
  EXPECT_EQ(Field(out.w(), "machine.install.disk"), "/dev/sda");
}

TEST(Talhelper, SameNamesForBothApisAreOneField) {
  const auto imported = Talhelper(
      Talconfig("additionalMachineCertSans: [a.example]\nadditionalApiServerCertSans: [a.example]\n"));
  ASSERT_TRUE(imported);
  EXPECT_THAT(imported->files.at("cluster.yaml"), HasSubstr("certSANs:\n      - a.example"));
  EXPECT_THAT(imported->files.at("cluster.yaml"), Not(HasSubstr("patches")));
}

TEST(Talhelper, FlannelAndInlineManifests) {
  Files files = Talconfig(
      "cniConfig: {name: flannel, flannel: {extraArgs: [--iface=eth1]}}\ninlineManifests:\n"
      "  - {name: one, contents: 'a: 1'}\n  - {name: two, contents: '@./two.yaml', skipEnvsubst: true}\n");
  files["two.yaml"] = "b: $x\n";
  Outcome out = Walk(files);
  EXPECT_EQ(out.lost(), "");
  EXPECT_EQ(Field(out.w(), "cluster.network.cni.name"), "flannel");
  const yaml::Value manifests = MainField(out.cp(), "cluster.inlineManifests");
  ASSERT_NE(manifests.AsSequence(), nullptr);
  EXPECT_EQ(Text(manifests.AsSequence()->at(1), "contents"), "b: $x\n");
}

TEST(Talhelper, PatchesComeInItsOrderClusterLast) {
  const std::string set = "    patches:\n      - |-\n        machine: {env: {WHO: node, NODE: 'yes'}}\n";
  const std::string cluster =
      "patches:\n  - |-\n    machine: {env: {WHO: cluster, CLUSTER: 'yes'}}\n"
      "worker:\n  patches:\n    - |-\n      machine: {env: {WHO: group, GROUP: 'yes'}}\n";
  Outcome out = Walk(Talconfig(cluster, "", set));
  EXPECT_EQ(out.lost(), "");
  EXPECT_EQ(Field(out.w(), "machine.env.WHO"), "cluster");
  EXPECT_EQ(Field(out.w(), "machine.env.GROUP"), "yes");
  EXPECT_EQ(Field(out.w(), "machine.env.NODE"), "yes");
  out = Walk(Talconfig(cluster, "", "    overridePatches: true\n" + set));
  EXPECT_TRUE(MainField(out.w(), "machine.env.GROUP").IsNull());
  out = Walk(Talconfig(cluster, "", "    overridePatches: true\n"));
  EXPECT_EQ(Field(out.w(), "machine.env.GROUP"), "yes") << "an override without patches of its own is none";
}

TEST(Talhelper, PatchFilesAreCopiedAndVariablesReplaced) {
  Files files = Talconfig("patches: ['@./a/plain.yaml', '@with.yaml', '@empty.yaml']\n");
  files["a/plain.yaml"] = "# kept\nmachine: {sysctls: {a: '1'}}\n";
  files["with.yaml"] = "machine: {sysctls: {b: \"${VALUE}\"}}\n";
  files["empty.yaml"] = "\n";
  files["talenv.yaml"] = "VALUE: two\n";
  Outcome out = Walk(files);
  EXPECT_EQ(out.lost(), "");
  EXPECT_EQ(out.imported.files.at("patches/plain.yaml"), files["a/plain.yaml"]);
  EXPECT_EQ(Field(out.cp(), "machine.sysctls.b"), "two");
  EXPECT_EQ(Field(out.cp(), "machine.sysctls.a"), "1");
}

TEST(Talhelper, JsonPatchesStayAndKeepTheirTurn) {
  Outcome out =
      Walk(Talconfig("patches:\n  - |-\n    [{op: replace, path: /machine/sysctls/a, value: '2'}]\n"
                     "worker:\n  patches:\n    - |-\n      machine: {sysctls: {a: '1'}}\n"
                     "controlPlane:\n  patches:\n    - |-\n      machine: {sysctls: {a: '3'}}\n",
                     "", "", kHead11));
  EXPECT_EQ(out.lost(), "");
  EXPECT_EQ(Field(out.w(), "machine.sysctls.a"), "2");
  EXPECT_EQ(Field(out.cp(), "machine.sysctls.a"), "2");
}

TEST(Talhelper, NodesFields) {
  Outcome out = Walk(
      Talconfig("",
                "    nodeLabels: {rack: a}\n    nodeAnnotations: {note: b}\n"
                "    nodeTaints: {dedicated: 'yes:NoSchedule'}\n    certSANs: [n.example]\n"
                "    kernelModules: [{name: nbd, parameters: [a=1]}]\n    nameservers: [10.1.0.1]\n"
                "    disableSearchDomain: true\n"
                "    machineDisks: [{device: /dev/sdb, partitions: [{mountpoint: /var/mnt/x}]}]\n"
                "    machineFiles: [{content: x, path: /var/etc/x, op: create, permissions: 0o600}]\n",
                "    ignoreHostname: true\n    nameservers: ['fd00::1']\n    talosImageURL: reg.example/i\n"
                "    extensionServices: [{name: nut, environment: [A=b]}]\n"
                "    ingressFirewall: {defaultAction: block, rules: [{name: r, portSelector: {ports: [22], "
                "protocol: tcp}, ingress: [{subnet: 10.0.0.0/8}]}]}\n"));
  EXPECT_EQ(out.lost(), "");
  const yaml::Value labels = MainField(out.cp(), "machine.nodeLabels");
  EXPECT_EQ(Text(labels, "rack"), "a");
  EXPECT_EQ(labels.AsMapping()->size(), 1U) << "talhelper's labels take the base's place";
  EXPECT_EQ(Field(out.cp(), "machine.nodeAnnotations.note"), "b");
  EXPECT_EQ(Field(out.cp(), "machine.nodeTaints.dedicated"), "yes:NoSchedule");
  EXPECT_EQ(TextList(MainField(out.cp(), "machine"), "certSANs"), std::vector<std::string>{"n.example"});
  EXPECT_EQ(Text(List(MainField(out.cp(), "machine.kernel"), "modules").at(0), "name"), "nbd");
  EXPECT_EQ(Text(List(MainField(out.cp(), "machine"), "files").at(0), "permissions"), "384");
  EXPECT_EQ(Text(List(MainField(out.cp(), "machine"), "disks").at(0), "device"), "/dev/sdb");
  const yaml::Value resolver = DocumentOf(out.cp(), "ResolverConfig");
  EXPECT_EQ(Text(List(resolver, "nameservers").at(0), "address"), "10.1.0.1");
  EXPECT_TRUE(Flag(*resolver.Find("searchDomains"), "disableDefault"));
  EXPECT_EQ(Text(DocumentOf(out.cp(), "HostnameConfig"), "hostname"), "cp");
  EXPECT_EQ(Text(DocumentOf(out.w(), "HostnameConfig"), "hostname"), "");
  EXPECT_EQ(Text(DocumentOf(out.w(), "HostnameConfig"), "auto"), "stable");
  EXPECT_EQ(Text(List(DocumentOf(out.w(), "ResolverConfig"), "nameservers").at(0), "address"), "fd00::1");
  EXPECT_EQ(Field(out.w(), "machine.install.image"), "reg.example/i:v1.13.9");
  EXPECT_EQ(TextList(DocumentOf(out.w(), "ExtensionServiceConfig", "nut"), "environment").at(0), "A=b");
  EXPECT_EQ(Text(DocumentOf(out.w(), "NetworkDefaultActionConfig"), "ingress"), "block");
  EXPECT_FALSE(DocumentOf(out.w(), "NetworkRuleConfig", "r").IsNull());
}

TEST(Talhelper, BeforeDocumentsTheNetworkIsASection) {
  Outcome out = Walk(Talconfig(
      "",
      "    nameservers: [10.1.0.1]\n    disableSearchDomain: true\n    schematic: {customization: "
      "{extraKernelArgs: "
      "[a=1]}}\n    networkInterfaces: [{deviceSelector: {hardwareAddr: '52:54:00:00:00:01'}, dhcp: false, "
      "addresses: [10.1.0.11/24], routes: [{network: 0.0.0.0/0, gateway: 10.1.0.1}]}]\n",
      "    ignoreHostname: true\n    schematic: {customization: {extraKernelArgs: [a=1]}}\n"
      "    networkInterfaces: [{interface: eth0, addresses: [10.1.0.12/24]}]\n",
      kHead11));
  EXPECT_EQ(out.lost(), "");
  EXPECT_THAT(out.imported.files.at("nodes/cp.yaml"), HasSubstr("mac: \"52:54:00:00:00:01\""));
  EXPECT_THAT(out.imported.files.at("cluster.yaml"), HasSubstr("args:\n      - a=1"));
  EXPECT_EQ(Field(out.cp(), "machine.network.hostname"), "cp");
  EXPECT_EQ(Field(out.cp(), "machine.network.disableSearchDomain"), "true");
  EXPECT_EQ(TextList(MainField(out.cp(), "machine.install"), "extraKernelArgs"),
            std::vector<std::string>{"a=1"});
  EXPECT_TRUE(MainField(out.w(), "machine.network.hostname").IsNull());
  const yaml::Value interface = List(MainField(out.w(), "machine.network"), "interfaces").at(0);
  EXPECT_EQ(interface.AsMapping()->size(), 2U) << yaml::Write(interface);
}

TEST(Talhelper, GroupsAddToNodes) {
  Outcome out = Walk(Talconfig(
      "controlPlane:\n  certSANs: [group.example]\n  nameservers: [10.1.0.9]\n"
      "  machineSpec: {arch: arm64}\n  volumes: [{name: EPHEMERAL, provisioning: {maxSize: 5GiB}}]\n",
      "    certSANs: [own.example]\n    machineSpec: {}\n"));
  EXPECT_EQ(TextList(MainField(out.cp(), "machine"), "certSANs"),
            (std::vector<std::string>{"own.example", "group.example"}));
  EXPECT_FALSE(DocumentOf(out.cp(), "ResolverConfig").IsNull());
  EXPECT_TRUE(DocumentOf(out.w(), "ResolverConfig").IsNull());
  EXPECT_EQ(Text(*DocumentOf(out.cp(), "VolumeConfig", "EPHEMERAL").Find("provisioning"), "maxSize"), "5GiB");
  EXPECT_THAT(out.imported.files.at("nodes/cp.yaml"), HasSubstr("arch: arm64"));
  EXPECT_THAT(out.imported.files.at("assets.yaml"), HasSubstr("kernel-arm64"));
}

TEST(Talhelper, WhatIsNotCarriedOverIsSaidWithItsPlace) {
  Files files =
      Talconfig("patches:\n  - 'machine: {env: {A: \"{{ .x }}\"}}'\n  - '@gone.yaml'\n",
                "    nodeLabels: {a: '{{ .ClusterConfig.ID }}'}\n    machineSpec: {mode: nocloud}\n",
                "    colour: blue\n    nameservers: [\"${NOT_SET}\"]\n");
  const auto imported = Talhelper(files);
  ASSERT_TRUE(imported);
  EXPECT_FALSE(imported->Complete());
  const std::string lost = RemarksOf(*imported, RemarkKind::kLost);
  EXPECT_THAT(lost, HasSubstr("talconfig.yaml:6:5: not carried over: this patch is a Go template"));
  EXPECT_THAT(lost, HasSubstr("talconfig.yaml:7:5: not carried over: the file `gone.yaml` is not there"));
  EXPECT_THAT(lost, HasSubstr("`a` of node cp is a Go template"));
  EXPECT_THAT(lost, HasSubstr("`mode: nocloud`"));
  EXPECT_THAT(lost, HasSubstr("the variable `NOT_SET` has no value"));
  EXPECT_THAT(RemarksOf(*imported, RemarkKind::kNote), HasSubstr("no field `colour`"));
}

TEST(Talhelper, ANodeWithoutMacIsRefusedInOnePlace) {
  const auto imported = Talhelper(Talconfig(""));
  ASSERT_TRUE(imported);
  EXPECT_TRUE(imported->Complete());
  EXPECT_THAT(RemarksOf(*imported, RemarkKind::kToDo), HasSubstr("node cp names no MAC address"));
  const auto tree = MakeMemoryTree(imported->files);
  FleetLoader loader;
  const auto loaded = loader.Load(*tree);
  ASSERT_TRUE(loaded);
  std::vector<std::string> errors;
  for (const Diagnostic& problem : loaded->diagnostics) {
    if (problem.severity == Severity::kError) errors.push_back(problem.file);
  }
  EXPECT_EQ(errors, (std::vector<std::string>{"nodes/cp.yaml", "nodes/w.yaml"}));
}

TEST(Talhelper, NamesThatNoResourceCanHaveStayInTheConfigs) {
  Files files = Talconfig("");
  std::string& config = files["talconfig.yaml"];
  config.replace(config.find("clusterName: t"), 14, "clusterName: My_Home");
  config.replace(config.find("hostname: cp"), 12, "hostname: CP");
  Outcome out = Walk(files);
  EXPECT_EQ(out.lost(), "");
  EXPECT_EQ(Field(out.cp(), "cluster.clusterName"), "My_Home");
  EXPECT_EQ(Field(out.w(), "cluster.clusterName"), "My_Home");
  EXPECT_EQ(Text(DocumentOf(out.cp(), "HostnameConfig"), "hostname"), "CP");
}

TEST(Talhelper, ImagesOfAnotherFactoryAndWithSecureBoot) {
  const auto imported = Talhelper(Talconfig("imageFactory: {registryURL: factory.example, protocol: http}\n",
                                            "    machineSpec: {secureboot: true}\n", ""));
  ASSERT_TRUE(imported);
  const std::string id = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba";
  EXPECT_THAT(imported->files.at("nodes/cp.yaml"),
              HasSubstr("image: factory.example/metal-installer-secureboot/" + id + ":v1.13.9"));
  EXPECT_THAT(imported->files.at("nodes/w.yaml"), HasSubstr("image: factory.example/metal-installer/" + id));
  EXPECT_THAT(imported->files.at("assets.yaml"),
              HasSubstr("http://factory.example/image/" + id + "/v1.13.9/kernel-amd64"));
  EXPECT_THAT(RemarksOf(*imported, RemarkKind::kLost), HasSubstr("node cp uses Secure Boot"));
}

TEST(Talhelper, RefusesWhatIsNoTalconfig) {
  EXPECT_FALSE(Talhelper({{"talconfig.yaml", "a: [\n"}}));
  EXPECT_FALSE(Talhelper({{"talconfig.yaml", "- a\n"}}));
  EXPECT_FALSE(Talhelper({{"talconfig.yaml", kHead}}));
}

TEST(Talhelper, AnyFieldOfAnotherShapeIsRefusedOrRemarkedNeverWorse) {
  const Files wide = FilesOf(SLIPWAY_SOURCE_DIR "/tests/reconciler/import/testdata/wide");
  const yaml::Value config = yaml::Read(wide.at("talconfig.yaml"), "talconfig.yaml").documents.front().root;
  size_t places = 0;
  size_t refused = 0;
  // Each value in turn becomes a text, a list, a mapping, null.
  for (size_t place = 0;; ++place) {
    bool found = false;
    for (const yaml::Value& other :
         {yaml::Value("x"), yaml::Value(yaml::Sequence{yaml::Value("x")}),
          Map({{"x", yaml::Value(yaml::Sequence{yaml::Value()})}}), yaml::Value()}) {
      yaml::Value changed = config;
      size_t left = place;
      found = ReplaceNth(changed, left, other);
      if (!found) break;
      Files files = wide;
      files["talconfig.yaml"] = yaml::Write(changed);
      ++places;
      refused += Talhelper(files) ? 0 : 1;
    }
    if (!found) break;
  }
  EXPECT_GT(places, 1000U);
  EXPECT_GT(refused, 50U);
}

TEST(Talhelper, TheWideOneLoadsAndRenders) {
  Files files = FilesOf(SLIPWAY_SOURCE_DIR "/tests/reconciler/import/testdata/wide");
  files["talsecret.yaml"] = BundleText();
  Outcome out = Walk(files);
  EXPECT_EQ(out.rendered.configs.size(), 5U);
  EXPECT_FALSE(DocumentOf(out.rendered.configs["w-1"], "BondConfig", "bond0").IsNull());
}

TEST(Talhelper, UpstreamsExampleLoadsAndRenders) {
  const char* set = std::getenv("SLIPWAY_SHARED_DATA");
  const std::filesystem::path data = set != nullptr
                                         ? std::filesystem::path(set)
                                         : std::filesystem::path(SLIPWAY_SOURCE_DIR) / "../shared/data";
  if (!std::filesystem::exists(data / "sops/talhelper")) {
    GTEST_SKIP() << "no upstream data at " << data << " (set SLIPWAY_SHARED_DATA)";
  }
  Files files = FilesOf((data / "sops/talhelper").string());
  files["tsauth.env"] = "TS_AUTHKEY=${tsAuth}\n";
  files["talsecret.yaml"] = BundleText();
  const auto without = Talhelper(files);
  ASSERT_TRUE(without);
  EXPECT_THAT(RemarksOf(*without, RemarkKind::kLost), HasSubstr("talenv.yaml cannot be decrypted"));
  EXPECT_THAT(RemarksOf(*without, RemarkKind::kLost), HasSubstr("the variable `myDomainName` has no value"));
  files["talenv.yaml"] = "myDomainName: example.org\ntsAuth: key\n";
  Outcome out = Walk(files);
  EXPECT_EQ(Field(out.rendered.configs["kmaster1"], "cluster.network.dnsDomain"), "example.org");
  EXPECT_EQ(Field(out.rendered.configs["kmaster1"], "machine.nodeLabels.isSecureBootEnabled"), "true");
  EXPECT_EQ(Field(out.rendered.configs["kworker1"], "machine.nodeLabels.domainname"), "example.org");
  EXPECT_EQ(Text(List(MainField(out.rendered.configs["kmaster1"], "machine"), "files").at(1), "content"),
            "TS_AUTHKEY=key\n");
  EXPECT_FALSE(DocumentOf(out.rendered.configs["kmaster1"], "WireguardConfig", "wg0").IsNull());
}

TEST(Talhelper, EncryptedVariablesAreOpenedAndWhereTheyStandInClearIsSaid) {
  const auto seal = [](const std::string& text) { return secrets::SealSops(text); };
  Files files = Talconfig("patches: ['@secret.sops.yaml']\n",
                          "    machineFiles: [{content: \"t=${TOKEN}\", path: /var/etc/t, op: create}]\n");
  files["talenv.sops.yaml"] = seal("TOKEN: canary-of-the-environment\n");
  files["secret.sops.yaml"] = seal("machine: {env: {KEY: canary-of-the-patch}}\n");
  const auto identities = secrets::ParseIdentities(secrets::TestIdentity());
  ASSERT_TRUE(identities);
  TalhelperInput input;
  input.name = "talconfig.yaml";
  input.config = files.at("talconfig.yaml");
  input.read = [&files](const std::string& path) -> Result<std::optional<std::string>> {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional<std::string>(found->second);
  };
  input.decryptor = secrets::Decryptor(*identities);
  const auto imported = ImportTalhelper(input);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(RemarksOf(*imported, RemarkKind::kLost), "");
  EXPECT_EQ(imported->files.at("patches/secret.sops.yaml"), files.at("secret.sops.yaml"))
      << "it stays encrypted";
  EXPECT_THAT(imported->files.at("patches/cp-files.yaml"), HasSubstr("canary-of-the-environment"));
  const std::string todo = RemarksOf(*imported, RemarkKind::kToDo);
  EXPECT_THAT(todo, HasSubstr("patches/cp-files.yaml holds `TOKEN` of talenv.sops.yaml in clear text"));
  EXPECT_THAT(todo, Not(HasSubstr("canary")));
  EXPECT_THAT(imported->files.at("patches/secret.sops.yaml"), Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace slipway::imports
