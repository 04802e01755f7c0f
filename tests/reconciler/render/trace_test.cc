#include "reconciler/render/trace.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "schema/fleet/load.h"
#include "tests/reconciler/render/fleet_fixture.h"

namespace slipway {
namespace {

std::string PlaceOf(const std::vector<TracedField>& fields, const std::string& path,
                    const std::string& document = "") {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const TracedField& field) {
    return field.path == path && field.document == document;
  });
  if (found == fields.end()) return "no such field";
  return found->file + ':' + std::to_string(found->mark.line) + ':' + std::to_string(found->mark.column);
}

TEST(Trace, EveryFieldKnowsTheLineThatSetIt) {
  Files files = SmallFleet();
  files["cluster.yaml"].insert(files["cluster.yaml"].find("  boot:"),
                               "  volumes:\n    - {name: EPHEMERAL, maxSize: 9GiB}\n");
  files["nodes/worker-1.yaml"] =
      NodeYaml("worker-1", "02:00:00:00:00:11", "worker",
               "  network:\n    addresses: [10.0.128.2/24]\n  nodeLabels: {a: b}\n"
               "  patches:\n    - inline:\n        machine:\n          sysctls: {a.b: c}\n");
  const auto tree = MakeMemoryTree(files);
  FleetLoader loader;
  const auto loaded = loader.Load(*tree);
  ASSERT_TRUE(loaded && loaded->fleet);
  Renderer renderer;
  const auto outcome = renderer.MakePlan(*loaded->fleet, *tree);
  ASSERT_TRUE(outcome && outcome->plan);
  const auto fields = TraceNode(*outcome->plan, "worker-1");
  ASSERT_TRUE(fields) << fields.error().message;
  EXPECT_EQ(PlaceOf(*fields, "machine.install.wipe"), "base/worker.yaml:5:35");
  EXPECT_EQ(PlaceOf(*fields, "machine.sysctls.\"vm.swappiness\""), "patches/worker.yaml:1:36");
  EXPECT_EQ(PlaceOf(*fields, "machine.sysctls.\"a.b\""), "nodes/worker-1.yaml:14:26");
  EXPECT_EQ(PlaceOf(*fields, "machine.network.hostname"), "nodes/worker-1.yaml:3:18");
  EXPECT_EQ(PlaceOf(*fields, "machine.network.interfaces[0].addresses[0]"), "nodes/worker-1.yaml:9:17");
  EXPECT_EQ(PlaceOf(*fields, "machine.nodeLabels.a"), "nodes/worker-1.yaml:10:19");
  EXPECT_EQ(PlaceOf(*fields, "provisioning.maxSize", "VolumeConfig/EPHEMERAL"), "cluster.yaml:11:34");
  for (const TracedField& field : *fields) EXPECT_NE(field.file, "") << field.path;
  EXPECT_TRUE(TraceNode(*outcome->plan, "nobody")->empty());
}

/// The fields of a node; every one has a file.
std::vector<TracedField> FieldsOf(const Files& files, const std::string& node) {
  const auto tree = MakeMemoryTree(files);
  FleetLoader loader;
  const auto loaded = loader.Load(*tree);
  EXPECT_TRUE(loaded && loaded->fleet) << FormatText(loaded->diagnostics.front());
  Renderer renderer;
  const auto outcome = renderer.MakePlan(*loaded->fleet, *tree);
  EXPECT_TRUE(outcome && outcome->plan);
  auto fields = TraceNode(*outcome->plan, node);
  EXPECT_TRUE(fields) << fields.error().message;
  for (const TracedField& field : *fields) EXPECT_NE(field.file, "") << field.path;
  return *std::move(fields);
}

std::string Inserted(std::string text, const std::string& before, const std::string& what) {
  return text.insert(text.find(before), what);
}

TEST(Trace, WhatTheSitesSubnetSaysIsAtTheSite) {
  const std::string network = "  network:\n    addresses: [10.0.128.2/24]\n  install: {disk: /dev/nvme0n1}\n";
  for (Files files : {SmallFleet(), BundleFleet("v1.13.9", "    kubernetesVersion: v1.34.1\n")}) {
    files["site.yaml"] = Inserted(files["site.yaml"], "---\n",
                                  "  subnets:\n    - cidr: 10.0.128.0/24\n      gateway: 10.0.128.1\n"
                                  "      nameservers: [10.0.128.1, 1.1.1.1]\n");
    files["nodes/worker-1.yaml"] = NodeYaml("worker-1", "02:00:00:00:00:11", "worker", network);
    const auto fields = FieldsOf(files, "worker-1");
    const bool documents = PlaceOf(fields, "hostname", "HostnameConfig") != "no such field";
    const std::string link = documents ? "LinkConfig/slipway0" : "";
    const std::string at = documents ? "" : "machine.network.interfaces[0].";
    EXPECT_EQ(PlaceOf(fields, at + "routes[0].gateway", link), "site.yaml:8:16");
    EXPECT_EQ(PlaceOf(fields, documents ? "nameservers[1].address" : "machine.network.nameservers[1]",
                      documents ? "ResolverConfig" : ""),
              "site.yaml:9:33");
    EXPECT_EQ(PlaceOf(fields, "machine.install.disk"), "nodes/worker-1.yaml:10:19");
  }
}

TEST(Trace, WhatTheNodeSaysOfItsNetworkIsAtTheNode) {
  Files files = SmallFleet();
  files["nodes/worker-1.yaml"] =
      NodeYaml("worker-1", "02:00:00:00:00:11", "worker",
               "  network:\n    addresses: [10.0.128.2/24]\n    gateway: 10.0.128.1\n"
               "    nameservers:\n      - 10.0.128.1\n    interfaces:\n"
               "      - interface: eth1\n        dhcp: true\n");
  const auto fields = FieldsOf(files, "worker-1");
  EXPECT_EQ(PlaceOf(fields, "machine.network.interfaces[0].routes[0].gateway"), "nodes/worker-1.yaml:10:14");
  EXPECT_EQ(PlaceOf(fields, "machine.network.nameservers[0]"), "nodes/worker-1.yaml:12:9");
  EXPECT_EQ(PlaceOf(fields, "machine.network.interfaces[0].dhcp"), "nodes/worker-1.yaml:7:21");
  EXPECT_EQ(PlaceOf(fields, "machine.network.interfaces[1].dhcp"), "nodes/worker-1.yaml:14:9");
}

TEST(Trace, OptionsOfTheClusterAreAtTheirOwnLines) {
  const std::string options =
      "    dnsDomain: k8s.example.org\n    certSANs:\n      - a.example.org\n      - b.example.org\n"
      "    sysctls:\n      a.b: c\n      d.e: f\n";
  const auto old = FieldsOf(BundleFleet("v1.11.6", options), "cp-1");
  EXPECT_EQ(PlaceOf(old, "cluster.network.dnsDomain"), "cluster.yaml:10:5");
  EXPECT_EQ(PlaceOf(old, "machine.certSANs[1]"), "cluster.yaml:13:9");
  EXPECT_EQ(PlaceOf(old, "machine.sysctls.\"d.e\""), "cluster.yaml:16:7");
  EXPECT_EQ(PlaceOf(old, "machine.install.disk"), "cluster.yaml:9:15");
  EXPECT_EQ(PlaceOf(old, "machine.install.image"), "cluster.yaml:7:5");
  EXPECT_EQ(PlaceOf(old, "cluster.controlPlane.endpoint"), "cluster.yaml:5:13");
  EXPECT_EQ(PlaceOf(old, "cluster.clusterName"), "cluster.yaml:3:18");
  EXPECT_EQ(PlaceOf(old, "machine.ca.key"), "cluster.yaml:8:5");
  const auto fresh = FieldsOf(BundleFleet("v1.14.0", options), "cp-1");
  EXPECT_EQ(PlaceOf(fresh, "dnsDomain", "KubeNetworkConfig"), "cluster.yaml:10:5");
  EXPECT_EQ(PlaceOf(fresh, "params.\"d.e\"", "SysctlConfig"), "cluster.yaml:16:7");
}

TEST(Trace, PlacesFollowTheirLinesFromRevisionToRevision) {
  Files files = BundleFleet("v1.11.6", "    dnsDomain: k8s.example.org\n");
  FleetLoader loader;
  Renderer renderer;
  for (const char* line : {"10", "11"}) {
    const auto tree = MakeMemoryTree(files);
    const auto loaded = loader.Load(*tree);
    ASSERT_TRUE(loaded && loaded->fleet);
    const auto outcome = renderer.MakePlan(*loaded->fleet, *tree);
    ASSERT_TRUE(outcome && outcome->plan);
    EXPECT_EQ(PlaceOf(*TraceNode(*outcome->plan, "worker-1"), "cluster.network.dnsDomain"),
              std::string("cluster.yaml:") + line + ":5");
    files["cluster.yaml"].insert(0, "# a remark\n");
  }
}

}  // namespace
}  // namespace slipway
