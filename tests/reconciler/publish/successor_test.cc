// A publication whose links were made ahead comes to the same tree as one that makes them itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "reconciler/publish/publisher.h"
#include "tests/reconciler/publish/faulty_file_ops.h"
#include "tests/reconciler/publish/publish_fixture.h"

namespace slipway {
namespace {

namespace fs = std::filesystem;
using testing::Files;
using testing::Fleet;
using testing::InfoOf;
using testing::ReadLive;

constexpr size_t kAll = 1'000'000;

class SuccessorTest : public ::testing::Test {
 protected:
  SuccessorTest() : posix_(MakePosixFileOps()), ops_(*posix_) {
    testing::StoreAssets(dir_.path(), Fleet({}, ""));
    testing::StoreAssets(dir_.path(), {{ExtraAsset(), "extra"}});
    auto opened = Publisher::Open(ops_, dir_.path());
    EXPECT_TRUE(opened) << opened.error().message;
    publisher_ = std::move(*opened);
  }

  static std::string ExtraAsset() { return AssetPath(Sha256::Of("extra"), "extra"); }

  PublishCounts Publish(const Files& files) {
    const char digit = static_cast<char>('a' + ++commits_ % 6);
    const auto published = publisher_->Publish(testing::TreeOf(files), InfoOf(digit));
    EXPECT_TRUE(published) << published.error().message;
    EXPECT_EQ(ReadLive(dir_.path()), files);
    for (const auto& entry : fs::recursive_directory_iterator(fs::canonical(dir_ / "current"))) {
      EXPECT_FALSE(entry.is_directory() && fs::is_empty(entry.path())) << "empty folder " << entry.path();
    }
    EXPECT_TRUE(testing::NamesIn(dir_ / "staging").empty());
    return published ? published->counts : PublishCounts{};
  }

  testing::TempDir dir_;
  std::unique_ptr<FileOps> posix_;
  testing::FaultyFileOps ops_;
  std::unique_ptr<Publisher> publisher_;
  int commits_ = 0;
};

TEST_F(SuccessorTest, LeavesOnlyWhatChangedToThePublication) {
  Files files = Fleet({1, 2, 3, 4}, "one");
  Publish(files);
  EXPECT_TRUE(publisher_->LinkAhead(3)) << "there is more to link";
  EXPECT_FALSE(publisher_->LinkAhead(kAll));
  EXPECT_FALSE(publisher_->LinkAhead(kAll)) << "nothing is left to do";
  files[MachineConfigPath(testing::MachineMac(2))] = "changed\n";
  const size_t links = ops_.CountOf(FileOp::kLink);
  const PublishCounts counts = Publish(files);
  EXPECT_EQ(ops_.CountOf(FileOp::kLink), links) << "the publication makes no link of its own";
  EXPECT_EQ(counts.written, 1u);
  EXPECT_EQ(counts.linked, files.size() - 1);
}

TEST_F(SuccessorTest, TakesOutWhatIsGoneWithItsFolders) {
  Files files = Fleet({1, 2}, "one");
  files[ExtraAsset()] = "extra";
  files["extra/deep/er/file"] = "x";
  Publish(files);
  publisher_->LinkAhead(kAll);
  Publish(Fleet({2, 3}, "one"));
  publisher_->LinkAhead(kAll);
  Publish({{"boot.ipxe", "alone"}});
}

TEST_F(SuccessorTest, NeverCarriesOnAFileThatWasDamagedMeanwhile) {
  const Files files = Fleet({1, 2}, "one");
  Publish(files);
  publisher_->LinkAhead(kAll);
  const std::string path = MachineConfigPath(testing::MachineMac(1));
  fs::permissions(dir_ / "current" / path, fs::perms::owner_all);
  testing::WriteText(dir_ / "current" / path, "edited in place, so in the linked tree too\n");
  EXPECT_EQ(Publish(files).repaired, 1u);
}

TEST_F(SuccessorTest, IsNotMadeOfFilesThatAreDamaged) {
  const Files files = Fleet({1, 2}, "one");
  Publish(files);
  const fs::path path = dir_ / "current" / MachineConfigPath(testing::MachineMac(1));
  fs::rename(path, dir_ / "aside");
  testing::WriteText(path, "another file under its name\n");
  publisher_->LinkAhead(kAll);
  fs::rename(dir_ / "aside", path);
  EXPECT_EQ(Publish(files).repaired, 0u);
}

TEST_F(SuccessorTest, SurvivesAPublicationThatFails) {
  Files files = Fleet({1, 2}, "one");
  Publish(files);
  publisher_->LinkAhead(kAll);
  RenderedTree broken = testing::TreeOf(Fleet({1, 2}, "two"));
  broken.produce = [](size_t) -> Result<std::string> { return Retry("not now"); };
  for (RenderedItem& item : broken.items) item.from = RenderedItem::From::kProduce;
  EXPECT_FALSE(publisher_->Publish(broken, InfoOf('b')));
  ops_.FailEvery(FileOp::kCreate, ENOSPC);
  EXPECT_FALSE(publisher_->Publish(testing::TreeOf(Fleet({1, 2}, "three")), InfoOf('b')));
  ops_.Repair(FileOp::kCreate);
  EXPECT_EQ(ReadLive(dir_.path()), files);
  publisher_->LinkAhead(2);
  Publish(Fleet({2, 3}, "four"));
}

TEST_F(SuccessorTest, IsGivenUpQuietlyOnABadDisk) {
  const Files files = Fleet({1, 2}, "one");
  Publish(files);
  for (const int error : {ENOSPC, EXDEV, EROFS}) {
    ops_.FailEvery(FileOp::kLink, error);
    EXPECT_FALSE(publisher_->LinkAhead(kAll));
    EXPECT_TRUE(testing::NamesIn(dir_ / "staging").empty());
    ops_.Repair(FileOp::kLink);
    EXPECT_FALSE(publisher_->LinkAhead(kAll)) << "one try a generation";
    Publish(Fleet({1, 2, error}, "one"));
  }
}

/// Random trees, each published after a random part of it was linked ahead.
TEST_F(SuccessorTest, ComesToTheSameTreeAfterRandomEdits) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::set<int> machines = {1, 2, 3};
  for (int round = 0; round < 60; ++round) {
    const int machine = static_cast<int>(random() % 12);
    if (!machines.erase(machine)) machines.insert(machine);
    Files files = Fleet(machines, random() % 3 == 0 ? "two" : "one");
    if (random() % 2 == 0) files[ExtraAsset()] = "extra";
    if (random() % 2 == 0) files["a/" + std::to_string(random() % 3) + "/b"] = std::to_string(random() % 2);
    Publish(files);
    if (random() % 4 != 0) publisher_->LinkAhead(random() % (files.size() + 1));
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace slipway
