#include <gtest/gtest.h>

#include <functional>

#include "schema/fleet/codes.h"
#include "schema/fleet/schema.h"
#include "tests/schema/sample_fleet.h"

namespace slipway {
namespace {

/// A change to the sample fleet that makes a code appear.
using Edit = std::function<void(Files&)>;

Edit Change(std::string path, std::string from, std::string to) {
  return [=](Files& files) { files[path] = With(files[path], from, to); };
}
Edit Add(std::string path, std::string bytes) {
  return [=](Files& files) { files[path] = bytes; };
}
Edit NodeSpec(std::string spec) { return Add("nodes/worker-2.yaml", NodeText(2, "  " + spec + "\n")); }
Edit NodeNetwork(std::string field) {
  return Add("nodes/worker-2.yaml", NodeText(2, "", "    " + field + "\n"));
}
Edit Identity(std::string fields) {
  return Change("nodes/worker-2.yaml", "{macs: [\"52:54:00:00:00:02\"]}", "{" + fields + "}");
}
Edit Identities(std::string fields) {
  return [=](Files& files) {
    for (const char* n : {"1", "2"}) {
      const std::string path = std::string("nodes/worker-") + n + ".yaml";
      files[path] = With(files[path], "\"]}", "\"], " + fields + "}");
    }
  };
}
Edit Site(std::string from, std::string to) { return Change("site.yaml", std::move(from), std::move(to)); }
Edit Cluster(std::string from, std::string to) {
  return Change("cluster.yaml", std::move(from), std::move(to));
}
Edit Asset(std::string from, std::string to) { return Change("assets.yaml", std::move(from), std::move(to)); }
/// The sample fleet with a secrets bundle in place of its base files, and these fields beside it.
Edit Talos(const std::string& fields) {
  return [=](Files& files) {
    files["cluster.yaml"] =
        With(files["cluster.yaml"], "base: {controlplane: base/controlplane.yaml, worker: base/worker.yaml}",
             "secrets: secrets.yaml\n    " + fields);
    files["secrets.yaml"] = "cluster: {}\n";
  };
}
/// A third node, whose patch in place is this text.
Edit Broken(const std::string& patch) {
  std::string indented;
  for (const char c : "\n" + patch) indented += c == '\n' ? "\n        " : std::string(1, c);
  return Add("nodes/broken.yaml", NodeText(3, "  patches:\n    - inline:" + indented + "\n"));
}

std::string Lines(const std::string& line, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += line;
  return text;
}

std::string Bomb() {
  std::string text = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c <= 'i'; ++c) {
    const std::string alias = std::string("*") + static_cast<char>(c - 1);
    text += std::string(1, c) + ": &" + c + " [" + alias + Lines(", " + alias, 8) + "]\n";
  }
  return text;
}

const std::map<int, Edit>& YamlEdits() {
  static const auto* const kEdits = new std::map<int, Edit>{
      {code::kYamlSyntax, Broken("a: b: c\n")},
      {code::kYamlNotUtf8, Broken("a: \xff\n")},
      {code::kYamlForbiddenCharacter, Broken("a: \x1b\n")},
      {code::kYamlTooDeep, Broken("a: " + std::string(70, '[') + std::string(70, ']') + "\n")},
      {code::kYamlTooManyNodes, Broken(Bomb())},
      {code::kYamlScalarTooLong, Broken("a: " + std::string(300'000, 'x') + "\n")},
      {code::kYamlTooManyProblems, Broken(Lines("a: 1\n", 200))},
      {code::kYamlUnknownAlias, Broken("a: *b\n")},
      {code::kYamlCyclicAlias, Broken("a: &a [*a]\n")},
      {code::kYamlUnknownTag, Broken("a: !vault b\n")},
      {code::kYamlTagMismatch, Broken("a: !!int b\n")},
      {code::kYamlKeyNotScalar, Broken("? [a]\n: 1\n")},
      {code::kYamlMergeKey, Broken("a: &a {b: 1}\nc: {<<: *a}\n")},
      {code::kYamlDuplicateKey, Broken("a: 1\na: 2\n")},
  };
  return *kEdits;
}

const std::map<int, Edit>& SchemaEdits() {
  static const auto* const kEdits = new std::map<int, Edit>{
      {code::kUnknownApiVersion, Site("slipway/v1alpha1", "slipway/v2")},
      {code::kUnknownKind, Site("kind: Site", "kind: site")},
      {code::kNotAResource, Add("site.yaml", SiteText() + "---\nmachine: {}\n")},
      {code::kWrongType, Identity("macs: \"52:54:00:00:00:02\"")},
      {code::kUnknownField, NodeNetwork("adress: 10.0.128.2")},
      {code::kMissingField, Change("nodes/worker-2.yaml", "  role: worker\n", "")},
      {code::kNotAllowedValue, Change("nodes/worker-2.yaml", "role: worker", "role: master")},
      {code::kWrongCount, Identity("macs: []")},
      {code::kNotExactlyOne, NodeSpec("patches: [{}]")},
  };
  return *kEdits;
}

const std::map<int, Edit>& FleetEdits() {
  static const auto* const kEdits = new std::map<int, Edit>{
      {code::kNoSite, [](Files& files) { files.erase("site.yaml"); }},
      {code::kSecondSite, Add("site2.yaml", SiteText())},
      {code::kDuplicateName, Add("nodes/worker-3.yaml", With(NodeText(3), "worker-3", "worker-2"))},
      {code::kDuplicateMac, Identity("macs: [\"52-54-00-00-00-01\"]")},
      {code::kDuplicateUuid, Identities("uuid: 4c4c4544-0051-3610-8057-b7c04f4d3533")},
      {code::kDuplicateSerial, Identities("serial: X1")},
      {code::kDuplicateHostname, NodeNetwork("hostname: Worker-1")},
      {code::kDuplicateAddress, Change("nodes/worker-2.yaml", "10.0.128.3", "10.0.128.2")},
      {code::kUnknownCluster, Change("nodes/worker-2.yaml", "cluster: home", "cluster: hom")},
      {code::kUnknownAsset, Cluster("kernel: kernel", "kernel: kernal")},
      {code::kMissingFile, Cluster("base/worker.yaml", "base/wrker.yaml")},
      {code::kBadFilePath, NodeSpec("patches: [{file: ../patches/nvme.yaml}]")},
      {code::kMissingBase, Cluster(", worker: base/worker.yaml", "")},
      {code::kMissingBootFiles, NodeSpec("arch: arm64")},
      {code::kBadName, Change("nodes/worker-2.yaml", "worker-2", "Worker_2")},
      {code::kBadMac, Identity("macs: [\"01:00:5e:00:00:01\"]")},
      {code::kBadUuid, Identities("uuid: 4c4c4544")},
      {code::kBadSerial, Identities("serial: \" X1\"")},
      {code::kBadHostname, NodeNetwork("hostname: worker_2")},
      {code::kBadDisk, NodeSpec("install: {disk: sda}")},
      {code::kBadAddress, NodeNetwork("nameservers: [10.0.128.256]")},
      {code::kReservedAddress, Change("nodes/worker-2.yaml", "10.0.128.3", "10.0.128.255")},
      {code::kGatewayOutsideSubnet, NodeNetwork("gateway: 10.0.129.1")},
      {code::kGatewayIsNode, Change("nodes/worker-2.yaml", "10.0.128.3", "10.0.128.1")},
      {code::kGatewayWithoutAddress,
       Change("nodes/worker-2.yaml", "addresses: [10.0.128.3/24]", "gateway: 10.0.128.1")},
      {code::kBadSubnet, Site("10.0.128.0/24", "10.0.128.1/24")},
      {code::kOverlappingSubnets, Site("  subnets:\n", "  subnets:\n    - {cidr: 10.0.0.0/16}\n")},
      {code::kBadDhcpOption,
       Site("gateway: 10.0.128.1, ", "gateway: 10.0.128.1, ranges: [10.0.129.1-10.0.129.9], ")},
      {code::kBadWindow,
       Site("  subnets:",
            "  guards: {windows: [{kinds: [wipe], start: \"25:00\", duration: 4h}]}\n  subnets:")},
      {code::kBadExit, NodeSpec("install: {exit: {method: exit, drive: 128}}")},
      {code::kBadWipe,
       NodeSpec(
           "install: {disk: /dev/sda, revision: 2}\n  wipe: {disks: [/dev/sdb], until: \"2026-12-24\"}")},
      {code::kWipeBreaksQuorum,
       Add("nodes/cp.yaml", With(NodeText(3,
                                          "  install: {disk: /dev/sda, revision: 2}\n"
                                          "  wipe: {disks: [/dev/sda], until: \"2026-12-24\"}\n"),
                                 "role: worker", "role: controlplane"))},
      {code::kBootFilesInPart, NodeSpec("boot: {kernel: talos-kernel}")},
      {code::kNoGateway, Site("gateway: 10.0.128.1, ", "")},
      {code::kBadEndpoint, Cluster("https://10.0.128.100:6443", "https://10.0.128.100")},
      {code::kBadBootServer, Site("http://10.0.5.10:8080", "http://10.0.5.10:8080/boot")},
      {code::kBadAssetUrl, Asset("https://example.org", "https://user:secret@example.org")},
      {code::kBadDigest, Asset(Digest(), "latest")},
      {code::kBadTalosVersion, Cluster("v1.11.6", "v1.11")},
      {code::kUnsupportedTalosVersion, Cluster("v1.11.6", "v1.5.0")},
      {code::kBadKubernetesVersion, Cluster("v1.34.1", "v1.34")},
      {code::kBadKernelArgument, Cluster("console=ttyS0", "console=ttyS0 quiet")},
      {code::kBadTimeout, Cluster("2m", "2h")},
      {code::kEvenControlPlanes,
       [](Files& files) {
         for (const int n : {1, 2}) {
           std::string& node = files["nodes/worker-" + std::to_string(n) + ".yaml"];
           node = With(node, "role: worker", "role: controlplane");
         }
       }},
      {code::kBadIp, NodeNetwork("interfaces: [{interface: eth1, addresses: [10.0.0.300/24]}]")},
      {code::kBadLink, NodeNetwork("interfaces: [{interface: eth1}, {interface: eth1}]")},
      {code::kBadBond,
       NodeNetwork("interfaces: [{interface: b, bond: {interfaces: [e], mode: broadcast, lacpRate: fast}}]")},
      {code::kBadVip, NodeNetwork("interfaces: [{interface: eth1, dhcp: true, vip: {ip: 10.0.128.100}}]")},
      {code::kBadVolume, NodeSpec("volumes: [{name: data}]")},
      {code::kBadDiskSelector, NodeSpec("install: {diskSelector: {}}")},
      {code::kBadKubernetesMetadata, NodeSpec("nodeTaints: {gpu: Never}")},
      {code::kNotInTalosVersion, NodeSpec("volumes: [{name: EPHEMERAL, maxSize: 80%}]")},
      {code::kBootFilesOfOtherVersion, NodeSpec("talos: {version: v1.11.5}")},
      {code::kBadLabelSelector,
       Cluster("patches: {",
               "patches: {selectors: [{matchExpressions: [{key: rack, operator: In}], patches: []}], ")},
      {code::kKubernetesOutOfRange, Cluster("v1.34.1", "v1.35.0")},
      {code::kBadClusterNetwork, Talos("podSubnets: [10.244.0.0]")},
      {code::kBadCni, Talos("cni: {name: cilium, urls: [\"https://example.org/cni.yaml\"]}")},
      {code::kBadCertName, Talos("certSANs: [\"https://example.org\"]")},
      {code::kBadRegistryMirror, Talos("registryMirrors: {ghcr.io: {endpoints: [mirror.example.org]}}")},
      {code::kBadKubeletOption, Talos("kubelet: {extraConfig: {staticPodPath: /etc/pods}}")},
      {code::kBadInstallOption, Talos("install: {image: installer}")},
      {code::kOnlyWithSecrets, Cluster("    base:", "    dnsDomain: example.org\n    base:")},
      {code::kNeedsDiscovery, Talos("discovery: {enabled: false}\n    kubespan: {enabled: true}")},
      {code::kLfsPointer,
       Add("patches/nvme.yaml", "version https://git-lfs.github.com/spec/v1\noid sha256:00\n")},
      {code::kFileTooLarge, Add("big.yaml", std::string((1U << 20U) + 1, 'x'))},
      {code::kBadPath, Add("nodes/\xff.yaml", "a: b\n")},
      {code::kNoResources,
       [](Files& files) {
         files = {{"README.md", ""}};
       }},
      {code::kBadIgnoreFile, Add(".slipwayignore", "\xff")},
      {code::kBadKeyFile,
       [](Files& files) {
         files["site.yaml"] += "  verify: {allowedSigners: keys/signers}\n";
         files["keys/signers"] = "ada@example.org AAAA\n";
       }},
  };
  return *kEdits;
}

/// Codes that a memory tree of plain files cannot provoke, each with the test that does.
const std::map<int, const char*>& Elsewhere() {
  static const auto* const kTests = new std::map<int, const char*>{
      {code::kYamlTooLarge, "YamlLimits.RefusesFilesAndScalarsThatAreTooLong"},
      {code::kWrongForm, "SchemaCheck.TheDaemonsFileIsCheckedToTheForm"},
      {code::kOutOfRange, "SchemaCheck.TheDaemonsFileIsCheckedToTheForm"},
      {code::kOtherSchemaViolation, "SchemaCheck.AnUnknownSchemaIsReported"},
      {code::kSymlinkAsFile, "LoadTree.RefusesSymbolicLinks"},
      {code::kSymlinkOutOfTree, "LoadTree.RefusesSymbolicLinks"},
      {code::kSubmodule, "LoadTree.RefusesSubmodules"},
      {code::kTooManyFiles, "LoadTree.RefusesMoreEntriesThanTheLimit"},
      {code::kBaseConfig, "Renderer.RefusesABaseConfigThatIsEmptyOrHasNoMainDocument"},
      {code::kMachineConfig, "Renderer.RefusesAConfigThatTalosRefuses"},
      {code::kOfficialSchema, "RenderedSchema.WhatDoesNotFitIsSaidAtTheLineThatSetIt"},
      {code::kUnusableSchema, "RenderedSchema.AnUnusableOneIsRefused"},
      {code::kSchemaOfOtherVersion, "RenderedSchema.OneOfAnotherReleaseIsRefused"},
      {code::kPatchRefused, "Renderer.ReportsABadPatchAtItsLineForEveryNodeItHits"},
      {code::kTemplateSyntax, "Template.RefusesWhatCannotBeChecked"},
      {code::kTemplateVariable, "Template.NamesUnknownVariablesWithLineAndColumnAlsoInSectionsNotTaken"},
      {code::kTemplatePartial, "Template.ACycleOfPartialsIsAnError"},
      {code::kTemplateAdvertises, "Renderer.RefusesAScriptThatNamesAFileThatIsNotServed"},
      {code::kSecretsNoIdentity, "Decryptor.SaysWhatIsMissing"},
      {code::kSecretsWrongIdentity, "Decryptor.SaysWhatIsMissing"},
      {code::kSecretsDamaged, "Sops.RefusesEveryFlippedByte"},
      {code::kSopsMac, "Sops.RefusesEveryFlippedByte"},
      {code::kSecretsUnsupported, "Decryptor.NamesWhatItCannotUse"},
      {code::kSopsMetadata, "Sops.RefusesMetadataThatSopsWouldNotWrite"},
      {code::kClearSecrets, "ClearSecrets.AreAWarningAndAnErrorWhereTheSiteSaysSo"},
      {code::kBundleField, "Bundle.RefusesDamageAtItsFieldWithoutQuotingIt"},
      {code::kBundleKey, "Bundle.RefusesDamageAtItsFieldWithoutQuotingIt"},
      {code::kOldEncryption, "BundleRender.WarnsOfTheOlderEncryptionSecret"},
      {code::kBaseOfOtherRole, "BaseCheck.NamesTheOtherRole"},
      {code::kBaseOfOtherVersion, "BaseCheck.NamesDocumentsAndImagesOfAnotherVersion"},
      {code::kBaseHoldsKey, "BaseCheck.AWorkerHoldsNoKey"},
      {code::kBaseKubernetes, "BaseCheck.NamesDocumentsAndImagesOfAnotherVersion"},
      {code::kDaemonConfig, "DaemonConfig.ProxyDhcpNeedsAnInterface"},
  };
  return *kTests;
}

TEST(Codes, TheSampleFleetHasNoProblem) {
  const LoadOutcome outcome = LoadFiles(SampleFleet());
  EXPECT_EQ(AllText(outcome.diagnostics), "");
  EXPECT_TRUE(outcome.fleet.has_value());
}

TEST(Codes, EachIsProvokedByOneEditOfAGoodFleet) {
  for (const auto* edits : {&YamlEdits(), &SchemaEdits(), &FleetEdits()}) {
    for (const auto& [code, edit] : *edits) {
      Files files = SampleFleet();
      edit(files);
      const LoadOutcome outcome = LoadFiles(files);
      const auto& all = outcome.diagnostics;
      const bool found =
          std::any_of(all.begin(), all.end(), [code = code](const Diagnostic& d) { return d.code == code; });
      EXPECT_TRUE(found) << CodeName(code) << " in:\n" << AllText(all);
      // One mistake, one message: nothing else is blamed for it, and none is said twice.
      const bool floods = code == code::kYamlTooManyProblems || code == code::kBadPath;
      const bool pairs = code == code::kBadUuid || code == code::kBadSerial || code == code::kNoGateway ||
                         code == code::kMissingBase || code == code::kBadVolume;
      EXPECT_TRUE(floods || all.size() == (pairs ? 2U : 1U)) << CodeName(code) << " in:\n" << AllText(all);
      const bool warning = code == code::kNoGateway || code == code::kEvenControlPlanes ||
                           code == code::kBootFilesOfOtherVersion;
      EXPECT_EQ(outcome.fleet.has_value(), warning) << CodeName(code);
    }
  }
}

TEST(Codes, EveryCodeIsExplainedAndEachOfThisRoomProvoked) {
  for (const int code : AllCodes()) {
    const std::string text(ExplainCode(code));
    EXPECT_TRUE(text.starts_with(CodeName(code) + ": ")) << code;
    EXPECT_FALSE(CodeTitle(code).empty()) << code;
    EXPECT_NE(text.find("\nWrong:\n"), std::string::npos) << code;
    EXPECT_NE(text.find("\nRight:\n"), std::string::npos) << code;
    // SW14xx, SW15xx and SW30xx come from the rooms above, and are provoked by their tests.
    const bool here = code < 1400 || (code >= 2000 && code < 3000);
    if (!here) continue;
    const bool provoked = YamlEdits().contains(code) || SchemaEdits().contains(code) ||
                          FleetEdits().contains(code) || Elsewhere().contains(code);
    EXPECT_TRUE(provoked) << CodeName(code);
  }
  EXPECT_EQ(ExplainCode(1), "");
  EXPECT_EQ(CodeTitle(1), "");
}

TEST(Codes, EveryCodeInUseHasARow) {
  const std::vector<int> all = AllCodes();
  for (const auto* edits : {&YamlEdits(), &SchemaEdits(), &FleetEdits()}) {
    for (const auto& [code, edit] : *edits)
      EXPECT_TRUE(std::binary_search(all.begin(), all.end(), code)) << code;
  }
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
}

}  // namespace
}  // namespace slipway
