// Every single file operation fails once, and the process dies before and after every single one: after each
// of these the live link names a complete generation, the one before or the new one, and the next run puts
// everything right.
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <functional>

#include "reconciler/publish/publisher.h"
#include "tests/reconciler/publish/faulty_file_ops.h"
#include "tests/reconciler/publish/publish_fixture.h"

namespace slipway {
namespace {

using testing::FaultyFileOps;
using testing::Files;
using testing::Fleet;
using testing::FleetTree;
using testing::InfoOf;
using testing::ReadLive;

constexpr int64_t kNow = 1'700'000'000;
constexpr RetentionPolicy kPolicy{.keep_newest = 2, .keep_younger_than = 3600, .keep_dropped_assets = 86400};

/// A state before, an act under faults, and what may be live afterwards.
struct Scenario {
  std::vector<std::pair<RenderedTree, RevisionInfo>> before;
  RenderedTree tree;
  RevisionInfo info;
  std::optional<Files> old_files;
  Files new_files;
  size_t ahead = 0;  ///< the act links so many files ahead before it publishes
};

Scenario FirstPublish() {
  return {{}, FleetTree({1, 2}, "new"), InfoOf('b', kNow), std::nullopt, Fleet({1, 2}, "new"), 0};
}

Scenario IncrementalPublish() {
  return {{{FleetTree({1, 2}, "old"), InfoOf('a', kNow - 60)}},
          FleetTree({2, 3}, "new"),
          InfoOf('b', kNow),
          Fleet({1, 2}, "old"),
          Fleet({2, 3}, "new"),
          0};
}

/// The links of half the old files, and of all of them, are in the staging tree before the act publishes.
Scenario HalfLinkedAhead() {
  Scenario scenario = IncrementalPublish();
  scenario.ahead = scenario.old_files->size() / 2;
  return scenario;
}

Scenario AllLinkedAhead() {
  Scenario scenario = IncrementalPublish();
  scenario.ahead = scenario.old_files->size();
  return scenario;
}

/// Four old generations are in the way, so that the act also removes two of them, and an asset.
Scenario PublishWithRetention() {
  Scenario scenario{};
  for (int i = 0; i < 4; ++i) {
    Files files = Fleet({1, i + 2}, "old");
    if (i == 0) files[AssetPath(Sha256::Of("initramfs"), "previous")] = "initramfs";
    scenario.before.emplace_back(testing::TreeOf(files),
                                 InfoOf(static_cast<char>('1' + i), kNow - 90'000 + i));
    scenario.old_files = files;
  }
  scenario.tree = FleetTree({1, 9}, "new");
  scenario.info = InfoOf('b', kNow);
  scenario.new_files = Fleet({1, 9}, "new");
  return scenario;
}

void Prepare(const Scenario& scenario, FileOps& ops, const std::filesystem::path& dir) {
  testing::StoreAssets(dir, Fleet({}, ""));
  if (scenario.before.empty()) return;
  auto publisher = Publisher::Open(ops, dir, kPolicy);
  ASSERT_TRUE(publisher) << publisher.error().message;
  for (const auto& [tree, info] : scenario.before) ASSERT_TRUE((*publisher)->Publish(tree, info));
}

/// The whole pass of a worker: start, look, publish, clean up. Errors end it, as they do there.
bool Act(const Scenario& scenario, FileOps& ops, const std::filesystem::path& dir) {
  auto publisher = Publisher::Open(ops, dir, kPolicy);
  if (!publisher) return false;
  if (!(*publisher)->FindDamageInCurrent()) return false;
  if (scenario.ahead > 0) (void)(*publisher)->LinkAhead(scenario.ahead);
  if (!(*publisher)->Publish(scenario.tree, scenario.info)) return false;
  const auto collected = (*publisher)->CollectGarbage(kNow, {});
  return collected && collected->notes.empty();
}

/// What the next revision would be measured by, in the state that a fault left: it goes with the live files.
void ExpectTrustOfLiveFiles(const Scenario& scenario, const std::filesystem::path& dir) {
  const auto live = ReadLive(dir);
  const auto posix = MakePosixFileOps();
  const auto publisher = Publisher::Open(*posix, dir, kPolicy);
  ASSERT_TRUE(publisher) << publisher.error().message;
  const Generation* current = (*publisher)->current();
  if (!live) {
    EXPECT_TRUE(current == nullptr || current->revision.trust == scenario.info.trust)
        << "a whole one is adopted";
    return;
  }
  const bool moved = live == scenario.new_files;
  EXPECT_EQ(TrustBaseOf(current->revision),
            moved ? scenario.info.trust : scenario.before.back().second.trust);
}

void ExpectOldOrNew(const Scenario& scenario, const std::filesystem::path& dir) {
  const auto live = ReadLive(dir);
  EXPECT_TRUE(live == scenario.old_files || live == scenario.new_files);
  ExpectTrustOfLiveFiles(scenario, dir);
}

void ExpectHealed(const Scenario& scenario, FileOps& ops, const std::filesystem::path& dir) {
  EXPECT_TRUE(Act(scenario, ops, dir)) << "the next run must succeed";
  EXPECT_EQ(ReadLive(dir), scenario.new_files);
  EXPECT_TRUE(testing::NamesIn(dir / "staging").empty());
  const size_t generations = testing::NamesIn(dir / "generations").size();
  EXPECT_LE(generations, 3u);
  for (const std::string& name : testing::NamesIn(dir)) {
    EXPECT_FALSE(name.starts_with(".")) << "left behind: " << name;
  }
}

using Fault = std::function<void(FaultyFileOps&, uint64_t n)>;
enum class PowerCut : uint8_t { kNo, kYes };

/// Applies the fault to operation 1, 2, 3, … until the act takes fewer operations. Returns how many there
/// were.
uint64_t ForEveryOperation(const Scenario& scenario, const Fault& fault, PowerCut power_cut) {
  const auto posix = MakePosixFileOps();
  for (uint64_t n = 1; n < 10'000; ++n) {
    const testing::TempDir dir;
    Prepare(scenario, *posix, dir.path());
    FaultyFileOps faulty(*posix);
    fault(faulty, n);
    Act(scenario, faulty, dir.path());
    if (faulty.count() < n) return n - 1;
    if (power_cut == PowerCut::kYes) faulty.LoseUnsynced();
    SCOPED_TRACE("operation " + std::to_string(n) + ": " + std::string(ToString(faulty.log()[n - 1].first)) +
                 " " + faulty.log()[n - 1].second);
    ExpectOldOrNew(scenario, dir.path());
    ExpectHealed(scenario, *posix, dir.path());
    if (::testing::Test::HasFailure()) return n;
  }
  return 10'000;
}

struct Case {
  const char* name;
  Scenario (*scenario)();
};

class PublishFaultsTest : public ::testing::TestWithParam<Case> {};

TEST_P(PublishFaultsTest, EveryOperationFailsOnce) {
  for (const int error : {EIO, ENOSPC, EMFILE}) {
    const auto fail = [error](FaultyFileOps& ops, uint64_t n) { ops.FailAt(n, error); };
    EXPECT_GT(ForEveryOperation(GetParam().scenario(), fail, PowerCut::kNo), 50u);
  }
}

TEST_P(PublishFaultsTest, DiesBeforeEveryOperation) {
  const auto crash = [](FaultyFileOps& ops, uint64_t n) { ops.CrashAt(n, FaultyFileOps::Moment::kBefore); };
  EXPECT_GT(ForEveryOperation(GetParam().scenario(), crash, PowerCut::kNo), 50u);
}

TEST_P(PublishFaultsTest, DiesAfterEveryOperation) {
  const auto crash = [](FaultyFileOps& ops, uint64_t n) { ops.CrashAt(n, FaultyFileOps::Moment::kAfter); };
  EXPECT_GT(ForEveryOperation(GetParam().scenario(), crash, PowerCut::kNo), 50u);
}

TEST_P(PublishFaultsTest, LosesPowerAfterEveryOperation) {
  const auto crash = [](FaultyFileOps& ops, uint64_t n) { ops.CrashAt(n, FaultyFileOps::Moment::kAfter); };
  EXPECT_GT(ForEveryOperation(GetParam().scenario(), crash, PowerCut::kYes), 50u);
}

INSTANTIATE_TEST_SUITE_P(Publish, PublishFaultsTest,
                         ::testing::Values(Case{"First", FirstPublish},
                                           Case{"Incremental", IncrementalPublish},
                                           Case{"HalfLinkedAhead", HalfLinkedAhead},
                                           Case{"AllLinkedAhead", AllLinkedAhead},
                                           Case{"Retention", PublishWithRetention}),
                         [](const auto& test) { return std::string(test.param.name); });

/// A disk that stays full (over quota, read-only): the old generation is served throughout, the message says
/// what to do, and the next run after the repair succeeds.
TEST(PublishOnABadDisk, KeepsServingAndSaysWhatToDo) {
  const struct {
    int error;
    FileOp op;
    const char* advice;
  } cases[] = {{ENOSPC, FileOp::kWrite, "free some space"},   {ENOSPC, FileOp::kMakeDir, "free some space"},
               {ENOSPC, FileOp::kLink, "free some space"},    {EDQUOT, FileOp::kWrite, "quota"},
               {EROFS, FileOp::kCreate, "mounted read-only"}, {EROFS, FileOp::kRename, "mounted read-only"},
               {ENOSPC, FileOp::kSymlink, "free some space"}, {EIO, FileOp::kSync, "Input/output error"}};
  const Scenario scenario = IncrementalPublish();
  const auto posix = MakePosixFileOps();
  for (const auto& entry : cases) {
    SCOPED_TRACE(std::string(ToString(entry.op)) + " " + std::to_string(entry.error));
    const testing::TempDir dir;
    Prepare(scenario, *posix, dir.path());
    FaultyFileOps faulty(*posix);
    {
      auto publisher = Publisher::Open(faulty, dir.path());
      ASSERT_TRUE(publisher) << publisher.error().message;
      faulty.FailEvery(entry.op, entry.error);
      for (int attempt = 0; attempt < 3; ++attempt) {
        const auto published = (*publisher)->Publish(scenario.tree, scenario.info);
        ASSERT_FALSE(published);
        EXPECT_EQ(published.error().reaction, Reaction::kRetry);
        EXPECT_NE(published.error().message.find(entry.advice), std::string::npos)
            << published.error().message;
        EXPECT_EQ(ReadLive(dir.path()), scenario.old_files);
      }
      EXPECT_LE(testing::NamesIn(dir / "generations").size(), 1u) << "failed attempts must not pile up";
    }
    ExpectHealed(scenario, *posix, dir.path());
  }
}

TEST(PublishOnABadDisk, AdoptsWhatIsThereWhenAllIsReadOnly) {
  const Scenario scenario = IncrementalPublish();
  const auto posix = MakePosixFileOps();
  const testing::TempDir dir;
  Prepare(scenario, *posix, dir.path());
  testing::WriteText(dir / "staging/leftover", "x");
  FaultyFileOps faulty(*posix);
  for (int op = 0; op <= static_cast<int>(FileOp::kLastChanging); ++op) {
    faulty.FailEvery(static_cast<FileOp>(op), EROFS);
  }
  const auto publisher = Publisher::Open(faulty, dir.path());
  ASSERT_TRUE(publisher) << publisher.error().message;
  ASSERT_NE((*publisher)->current(), nullptr);
  EXPECT_EQ((*publisher)->notes().size(), 1u);
}

}  // namespace
}  // namespace slipway
