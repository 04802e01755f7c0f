#include <gtest/gtest.h>

#include <random>

#include "tests/schema/sample_fleet.h"

namespace slipway {
namespace {

class Editor {
 public:
  explicit Editor(unsigned seed) : random_(seed) {}

  /// One random change of a tree; about one in four makes it invalid.
  void Edit(Files& files) {
    const int n = static_cast<int>(Pick(30)) + 1;
    const std::string node = "nodes/worker-" + std::to_string(n) + ".yaml";
    switch (Pick(16)) {
      case 0:
      case 1:
      case 2:
        files[node] = NodeText(n, Pick(2) == 0 ? "  patches: [{file: patches/nvme.yaml}]\n" : "");
        return;
      case 3:
        files.erase(node);
        return;
      case 4:
        files[node] = NodeText(static_cast<int>(Pick(30)) + 1);
        return;
      case 5:
        files[node] = NodeText(n) + "---\n" + NodeText(n + 40);
        return;
      case 6:
        files["moved/" + std::to_string(n) + ".yml"] = files[node];
        files.erase(node);
        return;
      case 7:
        files["site.yaml"] = With(SiteText(), "10.0.128.1,", Pick(2) == 0 ? "10.0.128.254," : "10.0.128.7,");
        return;
      case 8:
        files["site.yaml"] = SiteText();
        return;
      case 9:
        files["patches/nvme.yaml"] = Pick(3) == 0 ? "a: [\n" : "a: " + std::to_string(Pick(100)) + "\n";
        return;
      case 10:
        if (Pick(3) == 0) files.erase("patches/nvme.yaml");
        return;
      case 11:
        files["cluster.yaml"] = Pick(3) == 0 ? With(ClusterText(), "v1.11.6", "v1.99.0") : ClusterText();
        return;
      case 12:
        files[node] = NodeText(n, "  nonsense: true\n");
        return;
      case 13:
        files[".slipwayignore"] = Pick(2) == 0 ? "moved/\n" : "";
        return;
      case 14:
        files["assets.yaml"] =
            AssetText("kernel") + "---\n" + AssetText(Pick(4) == 0 ? "other" : "initramfs");
        return;
      default:
        files[node] =
            Pick(2) == 0 ? "a: [\napiVersion: slipway/v1alpha1\n" : std::string((1U << 20U) + 1, 'x');
        return;
    }
  }

  size_t Pick(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }

 private:
  std::mt19937 random_;
};

void ExpectSameFleet(const Fleet& a, const Fleet& b) {
  EXPECT_EQ(*a.site, *b.site);
  ASSERT_EQ(a.nodes.size(), b.nodes.size());
  for (size_t i = 0; i < a.nodes.size(); ++i) {
    EXPECT_EQ(*a.nodes[i], *b.nodes[i]);
    EXPECT_EQ(a.nodes[i]->cluster.mark, b.nodes[i]->cluster.mark);
  }
  ASSERT_EQ(a.clusters.size(), b.clusters.size());
  for (const auto& [name, cluster] : a.clusters) EXPECT_EQ(*cluster, *b.clusters.at(name));
  ASSERT_EQ(a.assets.size(), b.assets.size());
  for (const auto& [name, asset] : a.assets) EXPECT_EQ(*asset, *b.assets.at(name));
}

TEST(IncrementalLoad, EqualsAFreshLoadAfterEveryEdit) {
  size_t valid = 0;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    Editor editor(seed);
    FleetLoader cached;
    Files files = SampleFleet();
    for (int round = 0; round < 150; ++round) {
      if (round % 10 == 0) files = SampleFleet();  // back on the ground, or errors would pile up
      editor.Edit(files);
      const auto tree = MakeMemoryTree(files);
      const auto again = cached.Load(*tree);
      const auto fresh = FleetLoader().Load(*tree);
      ASSERT_TRUE(again.has_value() && fresh.has_value());
      ASSERT_EQ(AllText(again->diagnostics), AllText(fresh->diagnostics))
          << "seed " << seed << " round " << round;
      ASSERT_EQ(again->fleet.has_value(), fresh->fleet.has_value());
      if (!again->fleet) continue;
      ++valid;
      ExpectSameFleet(*again->fleet, *fresh->fleet);
    }
  }
  EXPECT_GT(valid, 100U);
}

TEST(IncrementalLoad, ReadsOnlyWhatChangedAndSharesTheRest) {
  Files files = SampleFleet();
  FleetLoader loader;
  const auto first = loader.Load(*MakeMemoryTree(files));
  files["nodes/worker-2.yaml"] = NodeText(2, "  install: {disk: /dev/sda}\n");
  const auto second = loader.Load(*MakeMemoryTree(files));
  ASSERT_TRUE(first->fleet && second->fleet);
  EXPECT_EQ(first->files_read, 5U);
  EXPECT_EQ(second->files_read, 1U);
  EXPECT_EQ(first->fleet->nodes[0], second->fleet->nodes[0]);
  EXPECT_EQ(first->fleet->clusters.at("home"), second->fleet->clusters.at("home"));
  EXPECT_NE(first->fleet->nodes[1], second->fleet->nodes[1]);
}

TEST(IncrementalLoad, AChangeOfTheSitesDefaultsReachesEveryNode) {
  Files files = SampleFleet();
  FleetLoader loader;
  (void)loader.Load(*MakeMemoryTree(files));
  files["site.yaml"] = With(SiteText(), "10.0.128.1,", "10.0.128.254,");
  const auto outcome = loader.Load(*MakeMemoryTree(files));
  ASSERT_TRUE(outcome->fleet);
  for (const auto& node : outcome->fleet->nodes) EXPECT_EQ(node->gateway->value.ToString(), "10.0.128.254");
}

}  // namespace
}  // namespace slipway
