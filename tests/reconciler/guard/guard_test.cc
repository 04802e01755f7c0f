#include "reconciler/guard/guard.h"

#include <gmock/gmock.h>

#include "tests/reconciler/guard/boot_tables.h"

namespace slipway::guard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kNow = 1'795'694'400;  // 2026-11-26 12:00 UTC, a Thursday

ChangeSet SetOf(const Manifest& before, const Manifest& after, const FileDifference& differs = Same) {
  return Compare(before, after, differs).value_or(ChangeSet{});
}

Manifest Without(Manifest manifest, int workers) {
  manifest.boot.erase(manifest.boot.begin(), manifest.boot.begin() + workers);
  return manifest;
}

Verdict JudgeAll(const Guards& served, const Guards& proposed, const ChangeSet& set) {
  return Judge(served, proposed, set, Scope::kAll, kNow);
}

Guards MaxWithdrawn(uint32_t machines) {
  Guards guards;
  guards.max_withdrawn = machines;
  return guards;
}

TEST(Guard, HoldsMoreWithdrawalsThanTheLimitAndNotAsMany) {
  const Manifest table = Table(17);  // 20 machines
  EXPECT_FALSE(JudgeAll({}, MaxWithdrawn(3), SetOf(table, Without(table, 3))).held());
  const Verdict verdict = JudgeAll({}, MaxWithdrawn(3), SetOf(table, Without(table, 4)));
  ASSERT_EQ(verdict.limits.size(), 1U);
  EXPECT_THAT(verdict.limits[0],
              HasSubstr("withdraws 4 of 20 machines (maxWithdrawn: 3): worker-1, worker-2"));
  Guards percent;
  percent.max_withdrawn_percent = 10;
  EXPECT_FALSE(JudgeAll({}, percent, SetOf(table, Without(table, 2))).held()) << "10 % exactly";
  EXPECT_TRUE(JudgeAll({}, percent, SetOf(table, Without(table, 3))).held());
}

TEST(Guard, TheStricterOfServedAndProposedCounts) {
  const Manifest table = Table(17);
  const ChangeSet four = SetOf(table, Without(table, 4));
  EXPECT_TRUE(JudgeAll(MaxWithdrawn(3), {}, four).held()) << "a pull request cannot take its own brakes off";
  EXPECT_TRUE(JudgeAll(MaxWithdrawn(3), MaxWithdrawn(10), four).held());
  EXPECT_TRUE(JudgeAll(MaxWithdrawn(10), MaxWithdrawn(3), four).held());
  EXPECT_FALSE(JudgeAll(MaxWithdrawn(10), MaxWithdrawn(10), four).held());
}

TEST(Guard, WithoutGuardsOnlyAnEmptiedRepositoryIsHeld) {
  const Manifest table = Table(17);
  EXPECT_FALSE(JudgeAll({}, {}, SetOf(table, Without(table, 19))).held());
  const Verdict verdict = JudgeAll({}, {}, SetOf(table, Manifest{}));
  EXPECT_THAT(verdict.limits, ElementsAre(HasSubstr("empties the repository")));
  Guards acknowledged;
  acknowledged.acknowledge = verdict.digest;
  EXPECT_FALSE(JudgeAll({}, acknowledged, SetOf(table, Manifest{})).held());
}

TEST(Guard, HoldsARevisionThatTouchesSeveralControlPlanesOfOneCluster) {
  Guards one;
  one.max_control_planes = 1;
  const ChangeSet all = SetOf(Table(2), Table(2), NewConfigs);
  EXPECT_THAT(JudgeAll(one, {}, all).limits,
              ElementsAre(HasSubstr(
                  "touches 3 control planes of cluster home (maxControlPlanes: 1): cp-1, cp-2, cp-3")));
  Manifest two_clusters = Table(2);
  two_clusters.boot[3].cluster = two_clusters.boot[4].cluster = "other";
  two_clusters.boot[4].cluster = "third";
  EXPECT_FALSE(JudgeAll(one, {}, SetOf(two_clusters, two_clusters, NewConfigs)).held()) << "one of each";
  Manifest fresh = Table(2);
  fresh.boot.erase(fresh.boot.begin() + 2, fresh.boot.end());
  EXPECT_FALSE(JudgeAll(one, {}, SetOf(fresh, Table(2))).held()) << "a new cluster touches no control plane";
}

TEST(Guard, AnAcknowledgementFitsOneChangeAndNoOther) {
  const Manifest table = Table(17);
  const ChangeSet four = SetOf(table, Without(table, 4));
  Guards proposed = MaxWithdrawn(3);
  proposed.acknowledge = JudgeAll({}, proposed, four).digest;
  ASSERT_THAT(proposed.acknowledge, ::testing::StartsWith("sha256:"));
  const Verdict verdict = JudgeAll(MaxWithdrawn(3), proposed, four);
  EXPECT_FALSE(verdict.held());
  EXPECT_TRUE(verdict.acknowledged);
  EXPECT_TRUE(JudgeAll({}, proposed, SetOf(table, Without(table, 5))).held()) << "one machine more";
  const Manifest smaller = Without(table, 4);
  EXPECT_TRUE(JudgeAll({}, proposed, SetOf(smaller, Without(smaller, 4))).held()) << "the next four";
}

TEST(Guard, AnAcknowledgementOfOneConfigDoesNotCoverAnother) {
  Guards proposed;
  proposed.max_control_planes = 1;
  proposed.acknowledge = DigestOf(SetOf(Table(2), Table(2), NewConfigs));
  EXPECT_FALSE(JudgeAll({}, proposed, SetOf(Table(2), Table(2), NewConfigs)).held());
  const auto others = [](const BootEntry& before, const BootEntry& after, FileKind kind) {
    const auto same = NewConfigs(before, after, kind);
    return Result<std::string>(same->empty() ? "" : "b > c");
  };
  EXPECT_TRUE(JudgeAll({}, proposed, SetOf(Table(2), Table(2), others)).held());
}

TEST(Guard, AWindowHoldsItsKindsUntilItOpens) {
  Guards weekend;
  weekend.windows.push_back({{Effect::kWithdrawn}, 1U << 5U, 0, 3600, "UTC"});
  const Manifest table = Table(3);
  const Verdict verdict = JudgeAll(weekend, {}, SetOf(table, Without(table, 1)));
  EXPECT_THAT(verdict.windows,
              ElementsAre(HasSubstr("withdrawn waits for its window (Sat 00:00 + 1h UTC): worker-1")));
  EXPECT_THAT(verdict.limits, IsEmpty());
  EXPECT_EQ(verdict.digest, "") << "no word in Git opens a window";
  ASSERT_TRUE(verdict.opens_at);
  EXPECT_EQ(*verdict.opens_at, kNow + (12 + 24) * 3600);
  EXPECT_FALSE(Judge(weekend, {}, SetOf(table, Without(table, 1)), Scope::kAll, *verdict.opens_at).held());
  EXPECT_FALSE(JudgeAll(weekend, {}, SetOf(Without(table, 1), table)).held())
      << "an approval is another kind";
}

TEST(Guard, DuringARollbackOnlyWithdrawalsAreMeasured) {
  Guards strict = MaxWithdrawn(0);
  strict.max_control_planes = 0;
  const ChangeSet touched = SetOf(Table(2), Table(2), NewConfigs);
  EXPECT_TRUE(Judge(strict, {}, touched, Scope::kAll, kNow).held());
  EXPECT_FALSE(Judge(strict, {}, touched, Scope::kWithdrawals, kNow).held());
  EXPECT_TRUE(Judge(strict, {}, SetOf(Table(2), Without(Table(2), 1)), Scope::kWithdrawals, kNow).held());
}

TEST(Guard, AsksForNoFilesThatNoGuardLooksAt) {
  EXPECT_FALSE(NeedsOf(MaxWithdrawn(1), {}).control_planes);
  Guards planes;
  planes.max_control_planes = 1;
  EXPECT_TRUE(NeedsOf({}, planes).control_planes);
  EXPECT_FALSE(NeedsOf({}, planes).everybody);
  Guards window;
  window.windows.push_back({{Effect::kAtReinstall}, 0x7f, 0, 60, "UTC"});
  EXPECT_TRUE(NeedsOf(window, {}).everybody);
}

}  // namespace
}  // namespace slipway::guard
