#include "reconciler/publish/publisher.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/reconciler/publish/faulty_file_ops.h"
#include "tests/reconciler/publish/publish_fixture.h"

namespace slipway {
namespace {

namespace fs = std::filesystem;
using testing::Files;
using testing::Fleet;
using testing::FleetTree;
using testing::InfoOf;
using testing::ReadLive;

class PublisherTest : public ::testing::Test {
 protected:
  PublisherTest() : posix_(MakePosixFileOps()), ops_(*posix_) {
    testing::StoreAssets(dir_.path(), Fleet({}, ""));
    Reopen();
  }

  void Reopen() {
    publisher_.reset();
    auto opened = Publisher::Open(ops_, dir_.path());
    ASSERT_TRUE(opened) << opened.error().message;
    publisher_ = std::move(*opened);
  }

  Published Publish(const RenderedTree& tree, const RevisionInfo& info) {
    const auto published = publisher_->Publish(tree, info);
    EXPECT_TRUE(published) << published.error().message;
    return published.value_or(Published{});
  }

  testing::TempDir dir_;
  std::unique_ptr<FileOps> posix_;
  testing::FaultyFileOps ops_;
  std::unique_ptr<Publisher> publisher_;
};

TEST_F(PublisherTest, MakesTheFirstTreeLive) {
  EXPECT_EQ(publisher_->current(), nullptr);
  const Published published = Publish(FleetTree({1, 2}, "one"), InfoOf('a'));
  EXPECT_EQ(published.change, Published::Change::kNew);
  EXPECT_EQ(published.generation, "000001-aaaaaaaaaaaa");
  EXPECT_EQ(published.counts.written, 5u);
  EXPECT_EQ(published.counts.linked, 2u);  // the assets
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "one"));
  EXPECT_EQ(publisher_->current()->manifest.boot.size(), 2u);
  EXPECT_TRUE(testing::NamesIn(dir_ / "staging").empty());
}

TEST_F(PublisherTest, KeepsConfigsFromOtherUsers) {
  Publish(FleetTree({1}, "one"), InfoOf('a'));
  for (const auto& entry : fs::recursive_directory_iterator(fs::canonical(dir_ / "current"))) {
    struct stat status {};
    ASSERT_EQ(stat(entry.path().c_str(), &status), 0);
    if (entry.path().string().find("/assets/") != std::string::npos && entry.is_regular_file()) continue;
    EXPECT_EQ(status.st_mode & 07027, 0u) << entry.path();
  }
}

TEST_F(PublisherTest, SharesUnchangedFilesWithTheGenerationBefore) {
  Publish(FleetTree({1, 2, 3}, "one"), InfoOf('a'));
  auto files = Fleet({1, 2, 3}, "one");
  RenderedTree tree = FleetTree({1, 2, 3}, "one");
  const std::string changed = MachineConfigPath(testing::MachineMac(2));
  files[changed] = "changed\n";
  tree = testing::TreeOf(files);
  const Published published = Publish(tree, InfoOf('b'));
  EXPECT_EQ(published.counts.written, 1u);
  EXPECT_EQ(published.counts.linked, files.size() - 1);
  EXPECT_EQ(ReadLive(dir_.path()), files);
  const fs::path before = dir_ / "generations/000001-aaaaaaaaaaaa";
  EXPECT_TRUE(fs::equivalent(before / "boot.ipxe", dir_.path() / "current/boot.ipxe"));
  EXPECT_FALSE(fs::equivalent(before / changed, dir_.path() / "current" / changed));
}

TEST_F(PublisherTest, AsksNobodyForBytesThatAreKnown) {
  Publish(FleetTree({1, 2}, "one"), InfoOf('a'));
  RenderedTree tree = FleetTree({1, 2}, "one");
  for (size_t i = 0; i < tree.items.size(); ++i) {
    const FileEntry* file = publisher_->current()->manifest.FindFile(tree.items[i].path);
    ASSERT_NE(file, nullptr);
    if (file->kind == FileKind::kAsset) continue;
    tree.items[i].from = RenderedItem::From::kKnown;
    tree.items[i].digest = file->digest;
    tree.items[i].size = file->size;
  }
  tree.produce = [](size_t) -> Result<std::string> { return Bug("asked"); };
  EXPECT_EQ(Publish(tree, InfoOf('b')).counts.written, 0u);
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "one"));
}

TEST_F(PublisherTest, WritesNothingForTheSameTreeAndRevision) {
  Publish(FleetTree({1, 2}, "one"), InfoOf('a'));
  const uint64_t before = ops_.count();
  const Published again = Publish(FleetTree({1, 2}, "one"), InfoOf('a', 1'800'000'000));
  EXPECT_EQ(again.change, Published::Change::kNone);
  EXPECT_EQ(again.generation, "000001-aaaaaaaaaaaa");
  for (size_t i = before; i < ops_.log().size(); ++i) {
    EXPECT_GT(ops_.log()[i].first, FileOp::kLastChanging) << ToString(ops_.log()[i].first);
  }
}

TEST_F(PublisherTest, PublishesTheSameTreeUnderAnotherRevision) {
  Publish(FleetTree({1}, "one"), InfoOf('a'));
  const std::string digest = publisher_->current()->revision.tree_digest;
  const Published next = Publish(FleetTree({1}, "one"), InfoOf('b'));
  EXPECT_EQ(next.change, Published::Change::kNew);
  EXPECT_EQ(next.counts.written, 0u);
  EXPECT_EQ(next.revision.tree_digest, digest) << "number, time and commit must stay outside the tree digest";
}

TEST_F(PublisherTest, WritesEqualFilesOnce) {
  const Published published =
      Publish(testing::TreeOf(
                  {{"boot.ipxe", "x"}, {"talos/configs/a.yaml", "same"}, {"talos/configs/b.yaml", "same"}}),
              InfoOf('a'));
  EXPECT_EQ(published.counts.written, 2u);
  EXPECT_TRUE(fs::equivalent(dir_.path() / "current/talos/configs/a.yaml",
                             dir_.path() / "current/talos/configs/b.yaml"));
}

TEST_F(PublisherTest, RefusesAnAssetThatIsNotInTheStore) {
  Publish(FleetTree({1}, "one"), InfoOf('a'));
  Files files = Fleet({1}, "two");
  files[AssetPath(Sha256::Of("missing"), "kernel")] = "missing";
  const auto published = publisher_->Publish(testing::TreeOf(files), InfoOf('b'));
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().reaction, Reaction::kRetry);
  EXPECT_NE(published.error().message.find("not here yet"), std::string::npos);
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1}, "one"));
  EXPECT_TRUE(testing::NamesIn(dir_ / "staging").empty());
}

TEST_F(PublisherTest, NeverServesAnAssetThatWasChangedInTheStore) {
  testing::WriteText(dir_.path() / "assets" / Sha256::Of("kernel").ToHex(), "kernel, but not ours");
  const auto published = publisher_->Publish(FleetTree({1}, "one"), InfoOf('a'));
  ASSERT_FALSE(published);
  EXPECT_NE(published.error().message.find("damaged"), std::string::npos);
  EXPECT_FALSE(fs::exists(dir_ / "current"));
}

TEST_F(PublisherTest, EndsWithTheRenderersErrorAndChangesNothing) {
  Publish(FleetTree({1}, "one"), InfoOf('a'));
  RenderedTree tree = FleetTree({1, 2}, "two");
  const auto produce = tree.produce;
  tree.produce = [produce](size_t index) -> Result<std::string> {
    if (index == 6) return FixInput("no such base");
    return produce(index);
  };
  const auto published = publisher_->Publish(tree, InfoOf('b'));
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().reaction, Reaction::kFixInput);
  EXPECT_NE(published.error().message.find("no such base"), std::string::npos);
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1}, "one"));
  EXPECT_TRUE(testing::NamesIn(dir_ / "staging").empty());
}

TEST_F(PublisherTest, RefusesPathsThatCouldLeaveTheGeneration) {
  for (const char* path : {"../x", "/x", "a//b", "a/./b", "a/../../b", "", "manifest.json", "a\nb", "a\\b",
                           "1/2/3/4/5/6/7/8/9"}) {
    const auto published = publisher_->Publish(testing::TreeOf({{path, "x"}}), InfoOf('a'));
    ASSERT_FALSE(published) << path;
    EXPECT_EQ(published.error().reaction, Reaction::kBug);
  }
  RenderedTree unsorted = testing::TreeOf({{"a", "1"}, {"b", "2"}});
  std::swap(unsorted.items[0], unsorted.items[1]);
  EXPECT_FALSE(publisher_->Publish(unsorted, InfoOf('a')));
}

TEST_F(PublisherTest, CatchesARendererThatContradictsItself) {
  RenderedTree tree = testing::TreeOf({{"boot.ipxe", "x"}});
  tree.items[0].from = RenderedItem::From::kKnown;
  tree.items[0].digest = Sha256::Of("y");
  tree.items[0].size = 1;
  const auto published = publisher_->Publish(tree, InfoOf('a'));
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().reaction, Reaction::kBug);
}

TEST_F(PublisherTest, LetsOneProcessWorkOnAStateDirectory) {
  const auto second = Publisher::Open(ops_, dir_.path());
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find("another slipway process"), std::string::npos);
}

TEST_F(PublisherTest, CopiesWhereTheFilesystemAllowsNoLink) {
  ops_.FailEvery(FileOp::kLink, EMLINK);
  Publish(FleetTree({1}, "one"), InfoOf('a'));
  const Published published = Publish(FleetTree({1}, "one"), InfoOf('b'));
  EXPECT_EQ(published.counts.linked, 0u);
  EXPECT_EQ(published.counts.copied, 5u);
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1}, "one"));
}

TEST_F(PublisherTest, WorksWithShortAndInterruptedTransfers) {
  ops_.BeSlow();
  Publish(FleetTree({1, 2}, "one"), InfoOf('a'));
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "one"));
}

TEST_F(PublisherTest, SyncsManyFilesAtOnceAndFewOneByOne) {
  Publish(FleetTree({1}, "one"), InfoOf('a'));
  EXPECT_EQ(ops_.CountOf(FileOp::kSyncFilesystem), 0u);
  EXPECT_GE(ops_.CountOf(FileOp::kSync), 5u);
  std::set<int> many;
  for (int i = 0; i < 40; ++i) many.insert(i);
  Publish(FleetTree(many, "two"), InfoOf('b'));
  EXPECT_EQ(ops_.CountOf(FileOp::kSyncFilesystem), 1u);
}

}  // namespace
}  // namespace slipway
