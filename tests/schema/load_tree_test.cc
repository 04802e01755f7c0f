#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "schema/fleet/codes.h"
#include "schema/fleet/load.h"
#include "schema/fleet/tree_check.h"
#include "tests/schema/sample_fleet.h"

namespace slipway {
namespace {

namespace fs = std::filesystem;

LoadOutcome LoadTree(const SourceTree& tree) {
  FleetLoader loader;
  auto outcome = loader.Load(tree);
  EXPECT_TRUE(outcome.has_value());
  return outcome ? *std::move(outcome) : LoadOutcome{};
}

std::vector<std::pair<std::string, int>> Found(const Diagnostics& diagnostics) {
  std::vector<std::pair<std::string, int>> found;
  for (const Diagnostic& diagnostic : diagnostics) found.emplace_back(diagnostic.file, diagnostic.code);
  return found;
}

using Expected = std::vector<std::pair<std::string, int>>;

TEST(LoadTree, RefusesSymbolicLinks) {
  const auto tree = MakeMemoryTree(SampleFleet(), {{"nodes/a.yaml", "worker-1.yaml"},
                                                   {"nodes/b.yaml", "../../etc/passwd"},
                                                   {"docs", "/usr/share/doc"},
                                                   {"latest", "nodes/../nodes"},
                                                   {"deep/er/up", "../../.."}});
  EXPECT_EQ(Found(LoadTree(*tree).diagnostics), (Expected{{"deep/er/up", code::kSymlinkOutOfTree},
                                                          {"docs", code::kSymlinkOutOfTree},
                                                          {"nodes/a.yaml", code::kSymlinkAsFile},
                                                          {"nodes/b.yaml", code::kSymlinkOutOfTree}}));
}

TEST(LoadTree, RefusesSubmodules) {
  Files files = SampleFleet();
  files["nodes/worker-2.yaml"] = NodeText(2, "  patches: [{file: vendor/patches/x.yaml}]\n");
  const auto tree = MakeMemoryTree(files, {}, {"vendor/patches"});
  EXPECT_EQ(Found(LoadTree(*tree).diagnostics),
            (Expected{{"nodes/worker-2.yaml", code::kSubmodule}, {"vendor/patches", code::kSubmodule}}));
}

TEST(LoadTree, ReferencesDoNotGoThroughLinks) {
  Files files = SampleFleet();
  files["nodes/worker-1.yaml"] = NodeText(1, "  patches: [{file: shared/nvme.yaml}]\n");
  files["nodes/worker-2.yaml"] = NodeText(2, "  patches: [{file: nvme.patch}]\n");
  const auto tree = MakeMemoryTree(files, {{"shared", "patches"}, {"nvme.patch", "patches/nvme.yaml"}});
  EXPECT_EQ(Found(LoadTree(*tree).diagnostics), (Expected{{"nodes/worker-1.yaml", code::kSymlinkAsFile},
                                                          {"nodes/worker-2.yaml", code::kSymlinkAsFile}}));
}

TEST(LoadTree, RefusesMoreEntriesThanTheLimit) {
  LoadLimits limits;
  limits.entries = 5;
  FleetLoader loader(limits);
  const auto outcome = loader.Load(*MakeMemoryTree(SampleFleet()));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(Found(outcome->diagnostics), (Expected{{"", code::kTooManyFiles}}));
}

TEST(LoadTree, IgnoredPathsAreNoResources) {
  Files files = SampleFleet();
  files[".slipwayignore"] = "drafts/\n*.tmp.yaml\nvendor/\nlinks\n";
  files["drafts/x.yaml"] = "apiVersion: slipway/v1alpha1\nkind: Nonsense\n";
  files["nodes/y.tmp.yaml"] = "apiVersion: slipway/v1alpha1\n";
  files["drafts/huge.yaml"] = std::string(2U << 20U, 'x');
  const auto tree = MakeMemoryTree(files, {{"links", "/etc"}}, {"vendor/x"});
  EXPECT_EQ(AllText(LoadTree(*tree).diagnostics), "");
}

TEST(LoadTree, AHundredThousandOtherFilesDoNotMatter) {
  Files files = SampleFleet();
  for (int i = 0; i < 100'000; ++i)
    files["data/" + std::to_string(i % 100) + "/" + std::to_string(i) + ".txt"] = "x";
  const LoadOutcome outcome = LoadTree(*MakeMemoryTree(files));
  EXPECT_TRUE(outcome.fleet);
  EXPECT_EQ(outcome.files_read, 5U);
}

/// A tree whose reads fail for a reason outside of it.
class FailingTree : public SourceTree {
 public:
  explicit FailingTree(std::unique_ptr<SourceTree> inner) : inner_(std::move(inner)) {}
  const std::vector<Entry>& entries() const override { return inner_->entries(); }
  Result<std::string> Read(const Entry& entry, uint64_t max_bytes) const override {
    if (entry.path == broken) return Retry("reading " + entry.path + ": input/output error");
    return inner_->Read(entry, max_bytes);
  }
  std::string broken;

 private:
  std::unique_ptr<SourceTree> inner_;
};

TEST(LoadTree, AReadErrorIsNoDiagnosticAndTheNextLoadIsWhole) {
  Files files = SampleFleet();
  files[".slipwayignore"] = "x\n";
  FailingTree tree(MakeMemoryTree(files));
  FleetLoader loader;
  for (const char* path :
       {".slipwayignore", "cluster.yaml", "nodes/worker-2.yaml", "base/worker.yaml", "patches/nvme.yaml"}) {
    tree.broken = path;
    const auto failed = FleetLoader().Load(tree);
    ASSERT_FALSE(failed.has_value()) << path;
    EXPECT_EQ(failed.error().reaction, Reaction::kRetry);
    // A loader that lives on: what it read before stays good, the rest is asked for again.
    (void)loader.Load(tree);
    tree.broken.clear();
    const auto outcome = loader.Load(tree);
    ASSERT_TRUE(outcome.has_value());
    EXPECT_TRUE(outcome->fleet) << AllText(outcome->diagnostics);
  }
}

TEST(LoadTree, LinkTargetsAreJudgedByTheirText) {
  EXPECT_TRUE(LeavesTree("a", ".."));
  EXPECT_TRUE(LeavesTree("a/b", "../.."));
  EXPECT_TRUE(LeavesTree("a/b", "c/../../../x"));
  EXPECT_TRUE(LeavesTree("a", "/a"));
  EXPECT_TRUE(LeavesTree("a", ""));
  EXPECT_FALSE(LeavesTree("a/b", ".."));
  EXPECT_FALSE(LeavesTree("a/b/c", "../../x/./y"));
}

class FolderTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "slipway_folder_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
    for (const auto& [path, bytes] : SampleFleet()) Put(path, bytes);
  }
  void TearDown() override { fs::remove_all(root_); }
  void Put(const std::string& path, const std::string& bytes) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << bytes;
  }
  fs::path root_;
};

TEST_F(FolderTest, IsReadLikeARevision) {
  Put(".git/config.yaml", "apiVersion: slipway/v1alpha1\n");
  ASSERT_EQ(mkfifo((root_ / "pipe.yaml").c_str(), 0600), 0);
  for (const std::string& folder : {root_.string(), root_.string() + "/"}) {
    const auto tree = MakeDirectoryTree(folder);
    ASSERT_TRUE(tree.has_value());
    const LoadOutcome outcome = LoadTree(**tree);
    EXPECT_TRUE(outcome.fleet) << AllText(outcome.diagnostics);
    EXPECT_EQ((*tree)->entries().size(), SampleFleet().size());
  }
}

TEST_F(FolderTest, FollowsNoLinks) {
  fs::create_symlink("/etc/hostname", root_ / "nodes/x.yaml");
  fs::create_directory_symlink(root_, root_ / "loop");
  const auto tree = MakeDirectoryTree(root_.string());
  ASSERT_TRUE(tree.has_value());
  EXPECT_EQ(Found(LoadTree(**tree).diagnostics),
            (Expected{{"loop", code::kSymlinkOutOfTree}, {"nodes/x.yaml", code::kSymlinkOutOfTree}}));
}

TEST_F(FolderTest, AFileThatBecameALinkIsNotRead) {
  const auto tree = MakeDirectoryTree(root_.string());
  ASSERT_TRUE(tree.has_value());
  const SourceTree::Entry* entry = (*tree)->Find("site.yaml");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ((*tree)->Read(*entry, 10).error().reaction, Reaction::kFixInput);
  EXPECT_EQ(*(*tree)->Read(*entry, 1000), SiteText());
  fs::remove(root_ / "site.yaml");
  fs::create_symlink("/etc/hostname", root_ / "site.yaml");
  EXPECT_FALSE((*tree)->Read(*entry, 1000).has_value());
}

TEST_F(FolderTest, ThatIsMissingOrTooLargeIsAnError) {
  EXPECT_EQ(MakeDirectoryTree((root_ / "none").string()).error().reaction, Reaction::kFixInput);
  EXPECT_EQ(MakeDirectoryTree(root_.string(), 3).error().reaction, Reaction::kFixInput);
}

}  // namespace
}  // namespace slipway
