#include "reconciler/publish/retention.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "reconciler/publish/publisher.h"
#include "reconciler/publish/rollback.h"
#include "reconciler/publish/state_files.h"
#include "tests/reconciler/publish/publish_fixture.h"

namespace slipway {
namespace {

using testing::Files;
using testing::InfoOf;

constexpr int64_t kNow = 1'700'000'000;
constexpr int64_t kHour = 3600;
constexpr int64_t kDay = 24 * kHour;

std::vector<GenerationFacts> Aged(const std::vector<int64_t>& ages) {
  std::vector<GenerationFacts> generations;
  for (size_t i = 0; i < ages.size(); ++i) {
    generations.push_back({"g" + std::to_string(i + 1), i + 1, kNow - ages[i]});
  }
  return generations;
}

using Names = std::vector<std::string>;

TEST(ChooseGarbage, KeepsTheNewestTheYoungAndTheHeld) {
  const RetentionPolicy policy{.keep_newest = 2};
  const struct {
    const char* why;
    std::vector<int64_t> ages;  ///< of g1, g2, …
    std::set<std::string> held;
    Names garbage;
  } cases[] = {
      {"nothing there", {}, {}, {}},
      {"few enough, however old", {9 * kDay, 8 * kDay}, {}, {}},
      {"the oldest go first", {9 * kDay, 8 * kDay, 7 * kDay, 6 * kDay}, {}, {"g1", "g2"}},
      {"younger than an hour stay", {kHour - 1, 50, 40, 30}, {}, {}},
      {"an hour old is not younger", {kHour, 50, 40, 30}, {}, {"g1"}},
      {"current and pinned stay", {9 * kDay, 8 * kDay, 7 * kDay, 6 * kDay}, {"g1"}, {"g2"}},
      {"a clock that was days ahead protects nothing", {-9 * kDay, -8 * kDay, 10, 10}, {}, {"g1", "g2"}},
      {"a clock that was seconds ahead does", {-9, -8, 10, 10}, {}, {}},
      {"unreadable ones count as old", {kNow, 9, 8}, {}, {"g1"}},
  };
  for (const auto& entry : cases) {
    EXPECT_EQ(ChooseGarbage(Aged(entry.ages), entry.held, kNow, policy), entry.garbage) << entry.why;
  }
}

TEST(ChooseGarbage, GoesByNumberNotByOrderOrTime) {
  const std::vector<GenerationFacts> generations{
      {"c", 30, kNow - 9 * kDay}, {"a", 10, kNow - 2 * kDay}, {"b", 20, kNow - 3 * kDay}};
  EXPECT_EQ(ChooseGarbage(generations, {}, kNow, {.keep_newest = 1}), (Names{"a", "b"}));
}

Manifest WithAssets(const std::vector<std::string>& names) {
  Manifest manifest;
  for (const std::string& name : names) {
    manifest.files.push_back({"assets/" + name + "/file", Sha256::Of(name), 1, FileKind::kAsset});
  }
  manifest.files.push_back({"boot.ipxe", Sha256::Of("boot"), 1, FileKind::kEntryScript});
  return manifest;
}

std::vector<std::pair<std::string, int64_t>> Shown(const std::vector<DroppedAsset>& dropped) {
  std::vector<std::pair<std::string, int64_t>> shown;
  for (const DroppedAsset& asset : dropped) shown.emplace_back(asset.file.path, asset.dropped_at);
  return shown;
}

TEST(UpdateDropped, KeepsAnAssetForADayAfterItsLastGenerationWasReplaced) {
  const Manifest one = WithAssets({"a", "b"});
  const Manifest two = WithAssets({"b"});
  const RetentionPolicy policy;
  auto dropped = UpdateDropped({}, &one, two, kNow, policy);
  EXPECT_EQ(Shown(dropped), (std::vector<std::pair<std::string, int64_t>>{{"assets/a/file", kNow}}));
  dropped = UpdateDropped(dropped, &two, two, kNow + kDay - 1, policy);
  EXPECT_EQ(Shown(dropped), (std::vector<std::pair<std::string, int64_t>>{{"assets/a/file", kNow}}));
  EXPECT_TRUE(UpdateDropped(dropped, &two, two, kNow + kDay, policy).empty());
  EXPECT_TRUE(UpdateDropped(dropped, &two, one, kNow + 1, policy).empty()) << "named again";
}

TEST(UpdateDropped, CountsFromTheLaterDropWhenAPublishFailedBefore) {
  const Manifest one = WithAssets({"a"});
  const auto failed = UpdateDropped({}, &one, WithAssets({}), kNow, {});
  const auto dropped = UpdateDropped(failed, &one, WithAssets({}), kNow + 100, {});
  ASSERT_EQ(dropped.size(), 1u);
  EXPECT_EQ(dropped[0].dropped_at, kNow + 100);
}

TEST(UpdateDropped, StartsEmptyWithTheFirstGeneration) {
  EXPECT_TRUE(UpdateDropped({}, nullptr, WithAssets({"a"}), kNow, {}).empty());
}

TEST(ChooseAssetGarbage, RemovesWhatNobodyNamesAndIsOld) {
  const Sha256 named = Sha256::Of("named");
  const Sha256 old = Sha256::Of("old");
  const Sha256 fresh = Sha256::Of("fresh");
  EXPECT_EQ(ChooseAssetGarbage({{named, 0}, {old, kNow - kDay}, {fresh, kNow - kDay + 1}}, {named}, kNow, {}),
            std::vector<Sha256>{old});
}

class CollectGarbageTest : public ::testing::Test {
 protected:
  CollectGarbageTest() : ops_(MakePosixFileOps()) {
    publisher_ = Publisher::Open(*ops_, dir_.path(), {.keep_newest = 2}).value();
  }

  /// One generation with this asset, published at that time.
  void Publish(const std::string& asset, int64_t at) {
    const Files files{{"boot.ipxe", "x"}, {AssetPath(Sha256::Of(asset), "kernel"), asset}};
    testing::StoreAssets(dir_.path(), files);
    const char commit = static_cast<char>('a' + published_++ % 6);
    const auto published = publisher_->Publish(testing::TreeOf(files), InfoOf(commit, at));
    ASSERT_TRUE(published) << published.error().message;
  }

  bool Stored(const std::string& asset) const {
    return std::filesystem::exists(dir_.path() / "assets" / Sha256::Of(asset).ToHex());
  }

  void Age(const std::string& asset) {
    std::filesystem::last_write_time(dir_.path() / "assets" / Sha256::Of(asset).ToHex(),
                                     std::filesystem::file_time_type{});
  }

  testing::TempDir dir_;
  std::unique_ptr<FileOps> ops_;
  std::unique_ptr<Publisher> publisher_;
  int published_ = 0;
};

TEST_F(CollectGarbageTest, KeepsAnAssetReachableUnderItsDigestForADay) {
  Publish("old", kNow);
  Publish("new", kNow + kDay);
  Age("old");
  const FileEntry& retained = publisher_->current()->revision.retained_assets.at(0);
  EXPECT_EQ(retained.digest, Sha256::Of("old"));
  EXPECT_EQ(retained.size, 3u);
  Publish("newer", kNow + 2 * kDay - 10);
  Publish("newest", kNow + 2 * kDay - 5);
  ASSERT_TRUE(publisher_->CollectGarbage(kNow + 2 * kDay, {}));
  EXPECT_EQ(testing::NamesIn(dir_ / "generations").size(), 2u);
  EXPECT_TRUE(Stored("old")) << "its generation is gone, but a boot may be underway";
  Publish("last", kNow + 2 * kDay);
  const auto collected = publisher_->CollectGarbage(kNow + 4 * kDay, {});
  ASSERT_TRUE(collected);
  EXPECT_FALSE(Stored("old"));
  EXPECT_TRUE(Stored("last"));
  EXPECT_EQ(collected->generations.size(), 1u);
}

TEST_F(CollectGarbageTest, KeepsAssetsThatAreWantedOrFresh) {
  Publish("current", kNow);
  const Files files{{"assets/x", "wanted"}, {"assets/y", "fresh"}, {"assets/z", "orphan"}};
  testing::StoreAssets(dir_.path(), files);
  Age("wanted");
  Age("orphan");
  testing::WriteText(dir_ / "assets/README", "not an asset");
  const auto collected = publisher_->CollectGarbage(time(nullptr), {Sha256::Of("wanted")});
  ASSERT_TRUE(collected);
  EXPECT_EQ(collected->assets, std::vector<Sha256>{Sha256::Of("orphan")});
  EXPECT_TRUE(Stored("wanted"));
  EXPECT_TRUE(Stored("fresh"));
  EXPECT_TRUE(std::filesystem::exists(dir_ / "assets/README"));
}

TEST_F(CollectGarbageTest, NeverRemovesWhatIsPinned) {
  for (int i = 0; i < 6; ++i) Publish("asset", kNow + i);
  const std::string first = *testing::NamesIn(dir_ / "generations").begin();
  ASSERT_TRUE(WritePin(publisher_->state(),
                       {"main@sha1:a", first, "000003-cccccccccccc", kNow, "ada", false, {}, {}}));
  const auto collected = publisher_->CollectGarbage(kNow + kDay, {});
  ASSERT_TRUE(collected);
  EXPECT_EQ(collected->generations, (Names{"000002-bbbbbbbbbbbb", "000004-dddddddddddd"}));
  testing::WriteText(dir_ / "pin.json", "{}");
  EXPECT_FALSE(publisher_->CollectGarbage(kNow + kDay, {})) << "with an unreadable pin nothing may go";
}

TEST_F(CollectGarbageTest, RemovesDownloadsThatWereGivenUp) {
  Publish("asset", kNow);
  const auto partial = dir_ / "assets/.partial";
  testing::WriteText(partial / Sha256::Of("given up").ToHex(), "half");
  testing::WriteText(partial / Sha256::Of("wanted").ToHex(), "half");
  ASSERT_TRUE(publisher_->CollectGarbage(time(nullptr) + 2 * kDay, {Sha256::Of("wanted")}));
  EXPECT_EQ(testing::NamesIn(partial), std::set<std::string>{Sha256::Of("wanted").ToHex()});
}

}  // namespace
}  // namespace slipway
