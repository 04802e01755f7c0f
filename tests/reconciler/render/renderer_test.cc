#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/fleet/codes.h"
#include "tests/reconciler/render/fleet_fixture.h"

namespace slipway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Renderer, MakesOneScriptAndOneConfigForEachMac) {
  Files files = SmallFleet();
  files["nodes/two.yaml"] = NodeYaml("two", "02:00:00:00:00:21\", \"02:00:00:00:00:22", "worker",
                                     "  network: {hostname: two-node}\n");
  const Rendered rendered = Walker().Walk(files);
  ASSERT_TRUE(rendered.diagnostics.empty()) << FormatText(rendered.diagnostics.front());
  EXPECT_EQ(rendered.manifest.boot.size(), 4U);
  const std::string& script = rendered.files.at("nodes/02-00-00-00-00-22.ipxe");
  EXPECT_THAT(script, StartsWith("#!ipxe\n"));
  EXPECT_THAT(script, HasSubstr("talos.config=http://10.0.5.10:8080/talos/configs/02-00-00-00-00-22.yaml"));
  EXPECT_THAT(script, HasSubstr("initrd=initramfs.xz"));
  EXPECT_THAT(script,
              HasSubstr("/assets/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/vmlinuz"));
  EXPECT_EQ(rendered.files.at("talos/configs/02-00-00-00-00-21.yaml"),
            rendered.files.at("talos/configs/02-00-00-00-00-22.yaml"));
  EXPECT_THAT(rendered.files.at("talos/configs/02-00-00-00-00-21.yaml"), HasSubstr("hostname: two-node"));
}

TEST(Renderer, PatchesApplyInOrderClusterThenNode) {
  Files files = SmallFleet();
  files["nodes/worker-1.yaml"] =
      NodeYaml("worker-1", "02:00:00:00:00:11", "worker",
               "  patches: [{inline: {machine: {sysctls: {vm.swappiness: \"9\"}}}}]\n");
  const Rendered rendered = Walker().Walk(files);
  EXPECT_THAT(rendered.files.at("talos/configs/02-00-00-00-00-11.yaml"), HasSubstr("vm.swappiness: \"9\""));
  EXPECT_THAT(rendered.files.at("talos/configs/02-00-00-00-00-01.yaml"), Not(HasSubstr("swappiness")));
}

TEST(Renderer, EntryScriptHasTheSameSizeWhateverTheFleet) {
  Files files = SmallFleet();
  const std::string before = Walker().Walk(files).files.at("boot.ipxe");
  for (int i = 0; i < 50; ++i) {
    const std::string n = std::to_string(10 + i);
    files["nodes/x" + n + ".yaml"] = NodeYaml("x" + n, "02:00:00:00:01:" + n, "worker");
  }
  EXPECT_EQ(Walker().Walk(files).files.at("boot.ipxe"), before);
}

TEST(Renderer, EntryScriptSaysWhatUnknownMachinesGetAndNeverInstalls) {
  for (const char* action : {"ignore", "report", "wait"}) {
    Files files = SmallFleet();
    std::string& site = files["site.yaml"];
    const std::string line = "  bootServer: {url: \"http://10.0.5.10:8080\"}\n";
    site.insert(site.find(line) + line.size(), std::string("  unknownMachines: {action: ") + action + "}\n");
    const Rendered rendered = Walker().Walk(files);
    ASSERT_TRUE(rendered.diagnostics.empty()) << FormatText(rendered.diagnostics.front());
    const std::string& script = rendered.files.at("boot.ipxe");
    EXPECT_THAT(script, Not(HasSubstr("kernel")));
    EXPECT_THAT(script, Not(HasSubstr("initrd")));
    EXPECT_THAT(script, HasSubstr("not approved"));
    EXPECT_EQ(script.find("sleep 30") != std::string::npos, std::string(action) == "wait");
    EXPECT_EQ(script.find("http://10.0.5.10:8080/unknown?") != std::string::npos,
              std::string(action) != "ignore");
    EXPECT_EQ(script.find("${serial:uristring}") != std::string::npos, std::string(action) != "ignore");
  }
}

TEST(Renderer, ReportsABadPatchAtItsLineForEveryNodeItHits) {
  Files files = SmallFleet();
  files["patches/worker.yaml"] = "machine:\n  install: [no]\n";
  const Rendered rendered = Walker().Walk(files);
  ASSERT_EQ(rendered.diagnostics.size(), 1U);
  EXPECT_EQ(FormatText(rendered.diagnostics[0]).substr(0, 36), "patches/worker.yaml:2:12: SW1402 err");
  EXPECT_TRUE(rendered.files.empty());
}

TEST(Renderer, RefusesAConfigThatTalosRefuses) {
  Files files = SmallFleet();
  files["patches/worker.yaml"] = "machine:\n  kubelet:\n    extraConfig:\n      port: 1\n";
  files["nodes/worker-2.yaml"] =
      NodeYaml("worker-2", "02:00:00:00:00:12", "worker", "  patches: [{inline: {persist: false}}]\n");
  const Rendered rendered = Walker().Walk(files);
  ASSERT_EQ(rendered.diagnostics.size(), 2U) << "what two nodes share is said once";
  EXPECT_EQ(FormatText(rendered.diagnostics[0]).substr(0, 34), "nodes/worker-2.yaml:8:32: SW1403 e");
  EXPECT_THAT(rendered.diagnostics[0].message, HasSubstr("`persist` must be true (node worker-2)"));
  EXPECT_EQ(FormatText(rendered.diagnostics[1]).substr(0, 34), "patches/worker.yaml:4:13: SW1403 e");
  EXPECT_TRUE(rendered.files.empty());
}

TEST(Renderer, ReportsProblemsOfBaseAndPatchFilesTogether) {
  Files files = SmallFleet();
  files["patches/worker.yaml"] = "machine: [\n";
  files["base/controlplane.yaml"] = "a: 1\na: 2\n";
  const Rendered rendered = Walker().Walk(files);
  ASSERT_EQ(rendered.diagnostics.size(), 2U);
  EXPECT_EQ(rendered.diagnostics[0].file, "base/controlplane.yaml");
  EXPECT_EQ(rendered.diagnostics[1].file, "patches/worker.yaml");
}

TEST(Renderer, RefusesAScriptThatNamesAFileThatIsNotServed) {
  Files files = SmallFleet();
  files["templates/node.ipxe.mustache"] = "#!ipxe\nkernel {{base_url}}/vmlinuz\n";
  const Rendered rendered = Walker().Walk(files);
  ASSERT_FALSE(rendered.diagnostics.empty());
  EXPECT_EQ(rendered.diagnostics[0].code, code::kTemplateAdvertises);
  EXPECT_THAT(rendered.diagnostics[0].message, HasSubstr("`vmlinuz`, which is not served"));
}

TEST(Renderer, RefusesABaseConfigThatIsEmptyOrHasNoMainDocument) {
  for (const char* base : {"# nothing\n", "apiVersion: v1alpha1\nkind: VolumeConfig\n", "machine: []\n"}) {
    Files files = SmallFleet();
    files["base/worker.yaml"] = base;
    const Rendered rendered = Walker().Walk(files);
    ASSERT_FALSE(rendered.diagnostics.empty()) << base;
    EXPECT_EQ(rendered.diagnostics[0].code, code::kBaseConfig) << FormatText(rendered.diagnostics[0]);
    EXPECT_EQ(rendered.diagnostics[0].file, "base/worker.yaml");
  }
}

TEST(Renderer, AMenuIsOffUnlessAskedFor) {
  Files files = SmallFleet();
  EXPECT_THAT(Walker().Walk(files).files.at("nodes/02-00-00-00-00-11.ipxe"), Not(HasSubstr("menu")));
  std::string& cluster = files["cluster.yaml"];
  cluster.insert(cluster.find("  patches:"), "    menu: {enabled: true, timeout: 7s}\n");
  const Rendered rendered = Walker().Walk(files);
  ASSERT_TRUE(rendered.diagnostics.empty()) << FormatText(rendered.diagnostics.front());
  EXPECT_THAT(rendered.files.at("nodes/02-00-00-00-00-11.ipxe"),
              HasSubstr("choose --default install --timeout 7000"));
}

}  // namespace
}  // namespace slipway
