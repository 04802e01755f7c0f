#include "reconciler/talos/node_config.h"

#include <gtest/gtest.h>

namespace slipway::talos {
namespace {

Node Worker() {
  Node node;
  node.name = "w1";
  node.hostname = {"w1", {}};
  node.macs = {{*Mac::Parse("6c:4b:90:8b:a1:6d"), {}}, {*Mac::Parse("6c:4b:90:8b:a1:6e"), {}}};
  node.addresses = {{*Ipv4Prefix::Parse("10.0.128.2/24"), {}}};
  node.gateway = Located<Ipv4>{*Ipv4::Parse("10.0.128.1"), {}};
  node.nameservers = {{*Ipv4::Parse("10.0.128.1"), {}}};
  node.install_disk = {"/dev/nvme0n1", {}};
  return node;
}

Documents Roots(std::string_view text) {
  Documents documents;
  for (auto& document : yaml::Read(text, "base.yaml").documents)
    documents.push_back(std::move(document.root));
  return documents;
}

void ExpectNode(std::string_view base, const Node& node, const char* version, std::string_view expected) {
  Documents documents = Roots(base);
  const auto done = ApplyNode(documents, node, {}, *TalosVersion::Parse(version));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(documents, Roots(expected)) << [&] {
    std::vector<const yaml::Value*> all;
    for (const auto& document : documents) all.push_back(&document);
    return yaml::Write(all);
  }();
}

TEST(NodeConfig, Before112EverythingIsUnderMachine) {
  ExpectNode("machine: {network: {}, install: {disk: /dev/sda, diskSelector: {size: 1}}}\n", Worker(),
             "v1.11.6", R"(
machine:
  network:
    hostname: w1
    nameservers: [10.0.128.1]
    interfaces:
      - deviceSelector: {hardwareAddr: "6c:4b:90:8b:a1:6d"}
        addresses: [10.0.128.2/24]
        routes: [{network: 0.0.0.0/0, gateway: 10.0.128.1}]
        dhcp: false
  install: {disk: /dev/nvme0n1}
)");
}

TEST(NodeConfig, From112DocumentsAndTheOtherCardsKeepDhcp) {
  ExpectNode(R"(
machine: {features: {stableHostname: true, rbac: true}, network: {hostname: old, nameservers: [1.1.1.1]}}
---
apiVersion: v1alpha1
kind: HostnameConfig
auto: stable
)",
             Worker(), "v1.12.0", R"(
machine: {features: {rbac: true}, network: {}, install: {disk: /dev/nvme0n1}}
---
apiVersion: v1alpha1
kind: HostnameConfig
auto: "off"
hostname: w1
---
apiVersion: v1alpha1
kind: ResolverConfig
nameservers: [{address: 10.0.128.1}]
---
apiVersion: v1alpha1
kind: LinkAliasConfig
name: slipway0
selector: {match: 'mac(link.permanent_addr) == "6c:4b:90:8b:a1:6d"'}
---
apiVersion: v1alpha1
kind: LinkConfig
name: slipway0
addresses: [{address: 10.0.128.2/24}]
routes: [{gateway: 10.0.128.1}]
---
apiVersion: v1alpha1
kind: LinkAliasConfig
name: slipway1
selector: {match: 'mac(link.permanent_addr) == "6c:4b:90:8b:a1:6e"'}
---
apiVersion: v1alpha1
kind: DHCPv4Config
name: slipway1
)");
}

TEST(NodeConfig, WithoutAnAddressOnlyTheNameIsWritten) {
  Node node = Worker();
  node.addresses.clear();
  node.nameservers.clear();
  node.install_disk = {};
  ExpectNode("machine: {type: worker}\n", node, "v1.11.0",
             "machine: {type: worker, network: {hostname: w1}}\n");
  ExpectNode("machine: {type: worker}\n", node, "v1.13.0",
             "machine: {type: worker}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: w1\nauto: "
             "'off'\n");
}

TEST(NodeConfig, InstallDiskFrom114IsADocumentUnlessTheBaseStillHasTheSection) {
  Node node = Worker();
  node.addresses.clear();
  node.nameservers.clear();
  ExpectNode("machine: {type: worker}\n", node, "v1.14.0", R"(
machine: {type: worker}
---
apiVersion: v1alpha1
kind: HostnameConfig
hostname: w1
auto: "off"
---
apiVersion: v1alpha1
kind: UnattendedInstallConfig
installer: {}
provisioning: {diskSelector: {match: 'disk.dev_path == "/dev/nvme0n1"'}, wipe: false}
)");
  ExpectNode("machine: {install: {wipe: false}}\n", node, "v1.14.0", R"(
machine: {install: {wipe: false, disk: /dev/nvme0n1}}
---
apiVersion: v1alpha1
kind: HostnameConfig
hostname: w1
auto: "off"
)");
}

TEST(NodeConfig, RefusesABaseWithoutAMainDocument) {
  Documents documents = Roots("apiVersion: v1alpha1\nkind: HostnameConfig\n");
  const auto done = ApplyNode(documents, Worker(), {}, *TalosVersion::Parse("v1.12.0"));
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("no main document"), std::string::npos);
}

}  // namespace
}  // namespace slipway::talos
