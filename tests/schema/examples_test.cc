#include <gtest/gtest.h>

#include <filesystem>

#include "tests/schema/sample_fleet.h"

namespace slipway {
namespace {

namespace fs = std::filesystem;

LoadOutcome LoadFolder(const fs::path& folder) {
  const auto tree = MakeDirectoryTree(folder.string());
  EXPECT_TRUE(tree.has_value()) << folder;
  if (!tree) return {};
  auto outcome = FleetLoader().Load(**tree);
  EXPECT_TRUE(outcome.has_value()) << folder;
  return outcome ? *std::move(outcome) : LoadOutcome{};
}

TEST(Examples, EveryOneLoadsWithoutADiagnostic) {
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(SLIPWAY_SOURCE_DIR) / "examples")) {
    if (!entry.is_directory()) continue;
    const LoadOutcome outcome = LoadFolder(entry.path());
    EXPECT_EQ(AllText(outcome.diagnostics), "") << entry.path();
    ASSERT_TRUE(outcome.fleet) << entry.path();
    EXPECT_GE(outcome.fleet->nodes.size(), 3U) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 2U);
}

TEST(Examples, HomelabHasTheRolesThatTheDemoShows) {
  const LoadOutcome outcome = LoadFolder(fs::path(SLIPWAY_SOURCE_DIR) / "examples" / "homelab");
  ASSERT_TRUE(outcome.fleet);
  EXPECT_EQ(outcome.fleet->nodes.front()->role, Role::kControlPlane);
  EXPECT_EQ(outcome.fleet->nodes.back()->role, Role::kWorker);
  EXPECT_EQ(outcome.fleet->nodes.back()->gateway->value.ToString(), "10.0.128.1");
  EXPECT_EQ(outcome.fleet->clusters.at("home")->talos_version.ToString(), "v1.11.6");
  for (const auto& [name, asset] : outcome.fleet->assets) EXPECT_EQ(asset->origin.file, "assets.yaml");
}

}  // namespace
}  // namespace slipway
