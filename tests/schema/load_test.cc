#include "schema/fleet/load.h"

#include <gtest/gtest.h>

#include "schema/fleet/codes.h"
#include "tests/schema/sample_fleet.h"

namespace slipway {
namespace {

TEST(Load, DecodesEveryFieldOfAFleet) {
  Files files = SampleFleet();
  files["nodes/worker-2.yaml"] =
      NodeText(2,
               "  arch: amd64\n  install: {disk: /dev/nvme0n1}\n  patches:\n    - file: patches/nvme.yaml\n"
               "    - inline: {machine: {sysctls: {vm.nr_hugepages: \"1024\"}}}\n",
               "    hostname: Node-Two\n    nameservers: [9.9.9.9]\n");
  const LoadOutcome outcome = LoadFiles(files);
  ASSERT_TRUE(outcome.fleet) << AllText(outcome.diagnostics);
  const Fleet& fleet = *outcome.fleet;
  EXPECT_EQ(fleet.site->boot_server.ToString(), "http://10.0.5.10:8080");
  EXPECT_EQ(fleet.site->unknown_machines, UnknownAction::kIgnore);
  EXPECT_EQ(fleet.site->config_access, ConfigAccess::kNeighbor);
  EXPECT_EQ(fleet.assets.at("kernel")->url, "https://example.org/kernel");
  EXPECT_EQ(fleet.assets.at("initramfs")->origin, (Origin{"assets.yaml", {6, 1}}));

  const Cluster& cluster = *fleet.clusters.at("home");
  EXPECT_EQ(cluster.endpoint, "https://10.0.128.100:6443");
  EXPECT_EQ(cluster.talos_version.ToString(), "v1.11.6");
  EXPECT_EQ(cluster.kubernetes_version, "v1.34.1");
  EXPECT_EQ(cluster.base_worker.value, "base/worker.yaml");
  EXPECT_EQ(cluster.boot.at(Arch::kAmd64).initramfs.value, "initramfs");
  EXPECT_EQ(cluster.kernel_args, (std::vector<std::string>{"console=ttyS0", "-console=tty0"}));
  EXPECT_TRUE(cluster.menu.enabled);
  EXPECT_EQ(cluster.menu.timeout_seconds, 120);
  ASSERT_EQ(cluster.patches_worker.size(), 1U);

  ASSERT_EQ(fleet.nodes.size(), 2U);
  const Node& node = *fleet.nodes[1];
  EXPECT_EQ(node.name, "worker-2");
  EXPECT_EQ(node.labels.at("rack"), "a1");
  EXPECT_EQ(node.hostname.value, "Node-Two");
  EXPECT_EQ(node.macs.front().value.ToColons(), "52:54:00:00:00:02");
  EXPECT_EQ(node.macs.front().mark, (Mark{7, 21}));
  EXPECT_EQ(node.addresses.front().value.ToString(), "10.0.128.3/24");
  EXPECT_EQ(node.gateway->value.ToString(), "10.0.128.1");
  EXPECT_EQ(node.nameservers.front().value.ToString(), "9.9.9.9");
  EXPECT_EQ(node.install_disk.value, "/dev/nvme0n1");
  ASSERT_EQ(node.patches.size(), 2U);
  EXPECT_EQ(std::get<FileRef>(node.patches[0].body).value, "patches/nvme.yaml");
  EXPECT_NE(std::get<InlinePatch>(node.patches[1].body).documents.front().Find("machine"), nullptr);
  EXPECT_EQ(fleet.nodes[0]->hostname.value, "worker-1");
  EXPECT_EQ(fleet.nodes[0]->nameservers.front().value.ToString(), "10.0.128.1");
}

TEST(Load, ReportsEveryProblemOfEveryFileInSourceOrder) {
  Files files = SampleFleet();
  files["nodes/worker-2.yaml"] =
      "apiVersion: slipway/v1alpha1\n"
      "kind: Node\n"
      "metadata: {name: worker-2, label: {a: b}}\n"
      "spec:\n"
      "  cluster: hom\n"
      "  role: wrker\n"
      "  identity: {macs: [\"52:54:00:00:00:01\", nonsense], serial: 12345678}\n"
      "  network:\n"
      "    adress: [10.0.128.9/24]\n"
      "    addresses: [10.0.128.0/24, 10.0.128.3/24]\n"
      "    gateway: 10.0.129.1\n"
      "  patches: [{file: patches/none.yaml}, {file: a, inline: {}}]\n";
  files["cluster.yaml"] = With(ClusterText(), "kernel: kernel", "kernel: kernal");
  EXPECT_EQ("\n" + AllText(LoadFiles(files).diagnostics), R"(
cluster.yaml:11:21: SW1212 error: there is no Asset `kernal` ; fix: did you mean `kernel`? add it: `slipway asset URL` prints one
nodes/worker-2.yaml:3:28: SW1112 error: unknown field `label` in `metadata`; did you mean `labels`? ; fix: write `labels`
nodes/worker-2.yaml:5:12: SW1211 error: there is no Cluster `hom` ; fix: did you mean `home`? name a Cluster of this repository
nodes/worker-2.yaml:6:9: SW1114 error: `spec.role` is `wrker`, but must be one of controlplane, worker ; fix: write `worker`
nodes/worker-2.yaml:7:21: SW1204 error: the MAC address `52:54:00:00:00:01` belongs to node `worker-1` already, at nodes/worker-1.yaml:7 ; fix: each machine has its own: correct one of the two
nodes/worker-2.yaml:7:42: SW1222 error: `nonsense` is no MAC address ; fix: write six pairs of hexadecimal digits, like 6c:4b:90:8b:a1:6d
nodes/worker-2.yaml:7:61: SW1111 error: `spec.identity.serial` must be a string, but is an integer ; fix: put it in quotes
nodes/worker-2.yaml:9:5: SW1112 error: unknown field `adress` in `spec.network`; did you mean `addresses`? ; fix: write `addresses`
nodes/worker-2.yaml:10:17: SW1232 error: `10.0.128.0/24` is the address of the network itself ; fix: use an address that a machine may have
nodes/worker-2.yaml:11:14: SW1233 error: the gateway 10.0.129.1 lies in no network of the node's addresses (10.0.128.3/24) ; fix: correct the gateway, the address or its prefix length
nodes/worker-2.yaml:12:20: SW1213 error: there is no file `patches/none.yaml` ; fix: add it, or correct the path: it counts from the folder that Slipway reads
nodes/worker-2.yaml:12:40: SW1118 error: `spec.patches[1]` must have `file` or `inline`, not both ; fix: keep one of them
)");
}

TEST(Load, PassesOverYamlThatIsNotMeantForIt) {
  Files files = SampleFleet();
  files["k8s/node.yaml"] = "apiVersion: v1\nkind: Node\nmetadata: {name: x}\nspec: {}\n";
  files["k8s/cluster.yaml"] = "apiVersion: cluster.example.org/v1beta1\nkind: Cluster\nspec: {}\n";
  files["chart/templates/x.yaml"] = "a: {{ .Values.x }}\nb: [\n";
  files["notes.yaml"] = "just text\n";
  EXPECT_EQ(AllText(LoadFiles(files).diagnostics), "");
}

TEST(Load, ASlipInTheApiVersionDoesNotMakeAMachineDisappear) {
  for (const char* api : {"apiVersion: slipwy/v1alpha1\n", "apiVersion: Slipway/v1alpha1\n", ""}) {
    Files files = SampleFleet();
    files["nodes/worker-2.yaml"] = With(NodeText(2), "apiVersion: slipway/v1alpha1\n", api);
    const LoadOutcome outcome = LoadFiles(files);
    ASSERT_EQ(outcome.diagnostics.size(), 1U) << api;
    EXPECT_EQ(outcome.diagnostics.front().code, code::kUnknownApiVersion);
  }
}

TEST(Load, ABrokenFileDoesNotBlameThoseThatReferToWhatItHolds) {
  for (const char* path : {"cluster.yaml", "assets.yaml", "site.yaml"}) {
    Files files = SampleFleet();
    files[path] += "x: [\n";
    const LoadOutcome outcome = LoadFiles(files);
    EXPECT_EQ(outcome.diagnostics.size(), 1U) << AllText(outcome.diagnostics);
    EXPECT_EQ(outcome.diagnostics.front().file, path);
  }
}

TEST(Load, ProblemsOfReferredFilesAreReportedOnceAndInPlace) {
  Files files = SampleFleet();
  files["patches/nvme.yaml"] = "machine: {a: 1, a: 2}\n";
  files["nodes/worker-2.yaml"] = NodeText(2, "  patches: [{file: patches/nvme.yaml}]\n");
  const LoadOutcome outcome = LoadFiles(files);
  ASSERT_EQ(outcome.diagnostics.size(), 1U) << AllText(outcome.diagnostics);
  EXPECT_EQ(outcome.diagnostics.front().file, "patches/nvme.yaml");
  EXPECT_EQ(outcome.diagnostics.front().mark, (Mark{1, 17}));
}

TEST(Load, CredentialsInUrlsAreNotRepeated) {
  Files files = SampleFleet();
  files["site.yaml"] = With(SiteText(), "http://10.0", "http://user:hunter2@10.0");
  files["assets.yaml"] = With(files["assets.yaml"], "https://", "https://user:hunter2@");
  files["cluster.yaml"] = With(ClusterText(), "https://10", "https://user:hunter2@10");
  const std::string text = AllText(LoadFiles(files).diagnostics);
  EXPECT_NE(text.find("SW1242"), std::string::npos) << text;
  EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
}

TEST(Load, DefaultsComeFromTheSubnetOfTheFirstAddressAndAreChecked) {
  Files files = SampleFleet();
  files["nodes/worker-2.yaml"] = With(NodeText(2), "10.0.128.3/24", "10.0.128.130/25");
  const LoadOutcome narrow = LoadFiles(files);
  ASSERT_EQ(narrow.diagnostics.size(), 1U) << AllText(narrow.diagnostics);
  EXPECT_EQ(narrow.diagnostics.front().code, code::kGatewayOutsideSubnet);

  files["nodes/worker-2.yaml"] = With(NodeText(2), "10.0.128.3/24", "192.168.7.3/24");
  const LoadOutcome elsewhere = LoadFiles(files);
  ASSERT_TRUE(elsewhere.fleet);
  EXPECT_FALSE(elsewhere.fleet->nodes[1]->gateway);
  EXPECT_EQ(elsewhere.diagnostics.front().severity, Severity::kWarning);
}

TEST(Load, AMachineWithoutAddressesUsesDhcp) {
  Files files = SampleFleet();
  files["nodes/worker-2.yaml"] = With(NodeText(2), "  network:\n    addresses: [10.0.128.3/24]\n", "");
  const LoadOutcome outcome = LoadFiles(files);
  ASSERT_TRUE(outcome.fleet) << AllText(outcome.diagnostics);
  EXPECT_TRUE(outcome.fleet->nodes[1]->addresses.empty());
  EXPECT_FALSE(outcome.fleet->nodes[1]->gateway);
}

}  // namespace
}  // namespace slipway
