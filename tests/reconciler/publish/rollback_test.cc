#include "reconciler/publish/rollback.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/reconciler/publish/faulty_file_ops.h"
#include "tests/reconciler/publish/publish_fixture.h"

namespace slipway {
namespace {

using testing::Fleet;
using testing::FleetTree;
using testing::InfoOf;
using testing::ReadLive;

constexpr int64_t kNow = 1'700'001'000;

RevisionInfo Kept(uint64_t number, char commit) {
  RevisionInfo info = InfoOf(commit);
  info.number = number;
  return info;
}

TEST(ChooseKept, FindsGenerationsByEveryNameTheyHave) {
  const std::vector<RevisionInfo> kept{Kept(1, 'a'), Kept(2, 'b'), Kept(3, 'b'), Kept(4, 'c')};
  const std::string b(40, 'b');
  const struct {
    uint64_t current;
    std::string wanted;
    std::string name;  ///< "" for none
  } cases[] = {{4, "previous", "000003-bbbbbbbbbbbb"},
               {3, "previous", "000001-aaaaaaaaaaaa"},
               {1, "previous", ""},
               {4, b, "000003-bbbbbbbbbbbb"},
               {4, "main@sha1:" + b, "000003-bbbbbbbbbbbb"},
               {4, "bbbb", "000003-bbbbbbbbbbbb"},
               {4, "000002-bbbbbbbbbbbb", "000002-bbbbbbbbbbbb"},
               {4, "bbb", ""},
               {4, "", ""},
               {4, "dddd", ""}};
  for (const auto& entry : cases) {
    const auto chosen = ChooseKept(kept, entry.current, entry.wanted);
    EXPECT_EQ(chosen.value_or(""), entry.name) << entry.wanted;
    if (!chosen) {
      EXPECT_EQ(chosen.error().reaction, Reaction::kFixInput);
      EXPECT_NE(chosen.error().message.find("aaaaaaaaaaaa"), std::string::npos) << "says what there is";
    }
  }
}

TEST(ChooseKept, TakesAWholeGenerationBeforeOneThatARollbackLeftMachinesOutOf) {
  std::vector<RevisionInfo> kept{Kept(1, 'a'), Kept(2, 'b'), Kept(3, 'a')};
  kept[2].restored_from = "000001-aaaaaaaaaaaa";
  EXPECT_EQ(ChooseKept(kept, 3, "aaaa").value_or(""), "000001-aaaaaaaaaaaa");
  kept.erase(kept.begin());
  EXPECT_EQ(ChooseKept(kept, 3, "aaaa").value_or(""), "000003-aaaaaaaaaaaa") << "there is no other";
}

class RollbackTest : public ::testing::Test {
 protected:
  RollbackTest() : ops_(MakePosixFileOps()) {
    testing::StoreAssets(dir_.path(), Fleet({}, ""));
    publisher_ = Publisher::Open(*ops_, dir_.path()).value();
    EXPECT_TRUE(publisher_->Publish(FleetTree({1, 2}, "one"), InfoOf('a')));
    EXPECT_TRUE(publisher_->Publish(FleetTree({1, 3}, "two"), InfoOf('b')));
  }

  RollbackRequest Request(Withdrawn withdrawn = Withdrawn::kLeaveOut) {
    return {"previous", withdrawn, "ada", kNow, nullptr};
  }

  testing::TempDir dir_;
  std::unique_ptr<FileOps> ops_;
  std::unique_ptr<Publisher> publisher_;
};

TEST_F(RollbackTest, PublishesTheOldFilesWithoutWithdrawnMachines) {
  const auto rolled_back = RollBack(*publisher_, Request());
  ASSERT_TRUE(rolled_back) << rolled_back.error().message;
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1}, "one"));
  EXPECT_EQ(rolled_back->published.generation, "000003-aaaaaaaaaaaa");
  EXPECT_EQ(publisher_->current()->revision.restored_from, "000001-aaaaaaaaaaaa");
  EXPECT_EQ(publisher_->current()->revision.restored_by, "a rollback of ada");
  EXPECT_EQ(rolled_back->published.counts.written, 0u);
  ASSERT_EQ(rolled_back->withdrawn.size(), 1u);
  EXPECT_EQ(rolled_back->withdrawn[0].mac, testing::MachineMac(2));
  EXPECT_EQ(publisher_->current()->manifest.boot.size(), 1u);
  const auto pin = ReadPin(publisher_->state());
  ASSERT_TRUE(pin && *pin);
  EXPECT_EQ(**pin, (Pin{"main@sha1:" + std::string(40, 'a'),
                        "000001-aaaaaaaaaaaa",
                        "000002-bbbbbbbbbbbb",
                        kNow,
                        "ada",
                        false,
                        {},
                        {}}));
}

TEST_F(RollbackTest, IncludesWithdrawnMachinesOnlyWhenTold) {
  ASSERT_TRUE(RollBack(*publisher_, Request(Withdrawn::kInclude)));
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "one"));
}

TEST_F(RollbackTest, MeasuresWithdrawalsByTheNewestAcceptedGenerationEvenTwice) {
  ASSERT_TRUE(publisher_->Publish(FleetTree({1, 2, 3}, "three"), InfoOf('c')));
  RollbackRequest request = Request();
  request.wanted = "bbbb";
  ASSERT_TRUE(RollBack(*publisher_, request));
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 3}, "two"));
  request.wanted = "aaaa";
  ASSERT_TRUE(RollBack(*publisher_, request));
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "one"))
      << "2 is approved by the newest, though not by the pinned one";
}

TEST_F(RollbackTest, LeavesOutWhatWasWithdrawnSinceWithEveryOtherRollback) {
  ASSERT_TRUE(publisher_->Publish(FleetTree({1, 2, 3}, "three"), InfoOf('c')));
  RollbackRequest request = Request();
  request.wanted = "bbbb";
  ASSERT_TRUE(RollBack(*publisher_, request));
  auto pin = ReadPin(publisher_->state()).value().value();
  pin.withdrawn =
      WithdrawnFrom(FleetTree({1, 2, 3}, "three").header.boot, FleetTree({2, 3}, "four").header.boot);
  EXPECT_EQ(pin.withdrawn, std::vector{testing::MachineMac(1)});
  ASSERT_TRUE(WritePin(publisher_->state(), pin));
  ASSERT_TRUE(ApplyPin(*publisher_, pin, {kNow, "", nullptr, {}}));
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({3}, "two"));
  request.wanted = "aaaa";
  ASSERT_TRUE(RollBack(*publisher_, request));
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({2}, "one")) << "the second rollback knows it too";
  request.withdrawn = Withdrawn::kInclude;
  ASSERT_TRUE(RollBack(*publisher_, request));
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 2}, "one")) << "but somebody may want them";
}

TEST_F(RollbackTest, LeavesWhatTheNextRevisionIsMeasuredBy) {
  const TrustBase newest = InfoOf('b').trust;
  RollbackRequest request = Request();
  request.wanted = "aaaa";
  ASSERT_TRUE(RollBack(*publisher_, request));
  EXPECT_EQ(publisher_->current()->revision.commit, std::string(40, 'a'));
  EXPECT_EQ(publisher_->current()->revision.trust, newest);
  const auto pin = ReadPin(publisher_->state());
  ASSERT_TRUE(pin && *pin);
  const std::vector<BootEntry> nobody;
  ASSERT_TRUE(ApplyPin(*publisher_, **pin, {kNow, "", &nobody, {}})) << "machines are withdrawn from it";
  EXPECT_EQ(publisher_->current()->revision.trust, newest);
  Pin back;
  back.generation = (*pin)->accepted;
  back.include_withdrawn = true;
  ASSERT_TRUE(ApplyPin(*publisher_, back, {kNow, "", nullptr, {}}));
  EXPECT_EQ(publisher_->current()->revision.trust, newest);
}

TEST_F(RollbackTest, ObeysANewerBootTableThanThePublishedOne) {
  const std::vector<BootEntry> nobody;
  RollbackRequest request = Request();
  request.approved = &nobody;
  ASSERT_TRUE(RollBack(*publisher_, request));
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({}, "one"));
}

TEST_F(RollbackTest, AppliesAPinOnceAndThenWritesNothing) {
  const auto rolled_back = RollBack(*publisher_, Request());
  ASSERT_TRUE(rolled_back);
  const auto again = ApplyPin(*publisher_, rolled_back->pin, {kNow + 5, "", nullptr, {}});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->published.change, Published::Change::kNone);
}

TEST_F(RollbackTest, UnpinsAndGoesOn) {
  ASSERT_TRUE(RollBack(*publisher_, Request()));
  ASSERT_TRUE(RemovePin(publisher_->state()));
  ASSERT_TRUE(RemovePin(publisher_->state())) << "twice is fine";
  EXPECT_FALSE(ReadPin(publisher_->state()).value());
  ASSERT_TRUE(publisher_->Publish(FleetTree({1, 3}, "two"), InfoOf('b')));
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 3}, "two"));
}

TEST_F(RollbackTest, RefusesADamagedGenerationAndStaysUnpinned) {
  testing::WriteText(
      dir_.path() / "generations/000001-aaaaaaaaaaaa" / MachineConfigPath(testing::MachineMac(1)), "edited");
  const auto rolled_back = RollBack(*publisher_, Request());
  ASSERT_FALSE(rolled_back);
  EXPECT_EQ(rolled_back.error().reaction, Reaction::kFixInput);
  EXPECT_NE(rolled_back.error().message.find("go back to another one"), std::string::npos);
  EXPECT_EQ(ReadLive(dir_.path()), Fleet({1, 3}, "two"));
  EXPECT_FALSE(ReadPin(publisher_->state()).value());
}

TEST_F(RollbackTest, SurvivesACrashAtEveryOperation) {
  for (uint64_t n = 1;; ++n) {
    SCOPED_TRACE(n);
    const testing::TempDir dir;
    testing::StoreAssets(dir.path(), Fleet({}, ""));
    {
      auto publisher = Publisher::Open(*ops_, dir.path()).value();
      ASSERT_TRUE(publisher->Publish(FleetTree({1, 2}, "one"), InfoOf('a')));
      ASSERT_TRUE(publisher->Publish(FleetTree({1, 3}, "two"), InfoOf('b')));
    }
    testing::FaultyFileOps faulty(*ops_);
    faulty.CrashAt(n, testing::FaultyFileOps::Moment::kAfter);
    {
      auto publisher = Publisher::Open(faulty, dir.path());
      if (publisher) (void)RollBack(**publisher, Request());
    }
    if (!faulty.crashed()) break;
    const auto live = ReadLive(dir.path());
    EXPECT_TRUE(live == Fleet({1, 3}, "two") || live == Fleet({1}, "one"));
    auto publisher = Publisher::Open(*ops_, dir.path());
    ASSERT_TRUE(publisher);
    EXPECT_EQ((*publisher)->current()->revision.trust, InfoOf('b').trust);
    const auto pin = ReadPin((*publisher)->state());
    ASSERT_TRUE(pin) << pin.error().message;
    if (!*pin) {
      EXPECT_EQ(live, Fleet({1, 3}, "two")) << "what is not pinned yet must not be live";
      continue;
    }
    ASSERT_TRUE(ApplyPin(**publisher, **pin, {kNow, "", nullptr, {}}));
    EXPECT_EQ(ReadLive(dir.path()), Fleet({1}, "one"));
  }
}

TEST(StateFiles, RoundTrip) {
  const Pin pin{"main@sha1:a",
                "000001-aaaaaaaaaaaa",
                "",
                7,
                "ada \"\n",
                true,
                Suspension{"moving racks", "bob", 9},
                {testing::MachineMac(2), testing::MachineMac(3)}};
  EXPECT_EQ(DecodePin(EncodePin(pin)), pin);
  Pin rolled_back = pin;
  rolled_back.suspended.reset();
  rolled_back.withdrawn.clear();
  EXPECT_EQ(DecodePin(EncodePin(rolled_back)), rolled_back);
  rolled_back.by = "\xff";
  EXPECT_TRUE(DecodePin(EncodePin(rolled_back))) << "a name in another encoding is no reason to lose the pin";
  const Acceptance acceptance{std::string(40, 'a'), "", 7, "root"};
  EXPECT_EQ(DecodeAcceptance(EncodeAcceptance(acceptance)), acceptance);
  const std::vector<DroppedAsset> dropped{{{"assets/x/y", Sha256::Of("y"), 5, FileKind::kAsset}, 9}};
  EXPECT_EQ(DecodeDropped(EncodeDropped(dropped)), dropped);
}

TEST(StateFiles, RefuseWhatIsNotTheirs) {
  for (
      const char* text :
      {"", "[]", "{}", "{\"format\":2}", "{\"format\":1}", "nul", "{\"format\":1,\"revision\":3}",
       R"({"format":1,"revision":"r","generation":"../../etc","accepted":"","at":1,"by":"b","includeWithdrawn":false})",
       R"({"format":1,"revision":"r","generation":"000001-aaaaaaaaaaaa","accepted":"","at":"1","by":"b","includeWithdrawn":1})",
       R"({"format":1,"revision":"r","generation":"000001-aaaaaaaaaaaa","accepted":"","at":1,"by":"","includeWithdrawn":false,"suspended":{"by":"b","until":1}})",
       R"({"format":1,"revision":"r","generation":"000001-aaaaaaaaaaaa","accepted":"","at":1,"by":"","includeWithdrawn":false,"suspended":3})",
       R"({"format":1,"revision":"r","generation":"000001-aaaaaaaaaaaa","accepted":"","at":1,"by":"","includeWithdrawn":false,"withdrawn":["all"]})"}) {
    EXPECT_FALSE(DecodePin(text)) << text;
  }
  for (const char* text :
       {"", "{\"format\":1,\"assets\":[1]}", "{\"format\":1,\"assets\":{}}",
        R"({"format":1,"assets":[{"path":"../x","sha256":"00","size":1,"droppedAt":1}]})"}) {
    EXPECT_FALSE(DecodeDropped(text)) << text;
  }
  for (const char* text : {"", "{\"format\":1}", R"({"format":1,"commit":"","after":"","at":1,"by":"root"})",
                           R"({"format":1,"commit":"a","after":"","at":1,"by":""})",
                           R"({"format":1,"commit":"a","at":1,"by":"root"})",
                           R"({"format":2,"commit":"a","after":"","at":1,"by":"root"})"}) {
    EXPECT_FALSE(DecodeAcceptance(text)) << text;
  }
}

TEST(StateFiles, AnAcceptanceIsReplacedWholeWhateverFails) {
  const auto posix = MakePosixFileOps();
  const Acceptance first{std::string(40, 'a'), "", 1, "root"};
  const Acceptance second{std::string(40, 'b'), first.commit, 2, "ada"};
  for (uint64_t n = 1;; ++n) {
    const testing::TempDir dir;
    {
      const auto publisher = Publisher::Open(*posix, dir.path());
      ASSERT_TRUE(publisher);
      EXPECT_FALSE(ReadAcceptance((*publisher)->state()));
      ASSERT_TRUE(WriteAcceptance((*publisher)->state(), first));
    }
    testing::FaultyFileOps faulty(*posix);
    faulty.CrashAt(n, testing::FaultyFileOps::Moment::kAfter);
    {
      const auto publisher = Publisher::Open(faulty, dir.path());
      if (publisher) (void)WriteAcceptance((*publisher)->state(), second);
    }
    const auto publisher = Publisher::Open(*posix, dir.path());
    ASSERT_TRUE(publisher);
    const auto read = ReadAcceptance((*publisher)->state());
    ASSERT_TRUE(read) << n;
    EXPECT_TRUE(*read == first || *read == second) << n;
    if (faulty.crashed()) continue;
    EXPECT_EQ(*read, second);
    EXPECT_GT(n, 3u);
    break;
  }
}

}  // namespace
}  // namespace slipway
