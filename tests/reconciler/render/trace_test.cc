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

}  // namespace
}  // namespace slipway
