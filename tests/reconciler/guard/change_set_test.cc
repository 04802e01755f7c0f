#include "reconciler/guard/change_set.h"

#include <gmock/gmock.h>

#include "tests/reconciler/guard/boot_tables.h"

namespace slipway::guard {
namespace {

using ::testing::ElementsAre;

ChangeSet Between(const Manifest& before, const Manifest& after, const FileDifference& differs = Same) {
  const auto set = Compare(before, after, differs);
  EXPECT_TRUE(set);
  return set.value_or(ChangeSet{});
}

Manifest With(const BootEntry& entry) {
  Manifest manifest;
  manifest.boot.push_back(entry);
  return manifest;
}

std::vector<Effect> EffectsBetween(const BootEntry& before, const BootEntry& after) {
  const ChangeSet set = Between(With(before), With(after));
  return set.changes.empty() ? std::vector<Effect>() : set.changes.front().effects;
}

TEST(ChangeSet, OfEqualTablesIsEmpty) {
  const ChangeSet set = Between(Table(4), Table(4));
  EXPECT_TRUE(set.changes.empty());
  EXPECT_EQ(set.machines_before, 7U);
  Manifest moved = Table(4);
  for (BootEntry& entry : moved.boot) entry.source = "elsewhere.yaml:7";
  EXPECT_TRUE(Between(Table(4), moved).changes.empty()) << "where a Node is written changes no machine";
}

TEST(ChangeSet, AMachineIsItsMacsNotItsName) {
  BootEntry renamed = Entry(1, "new-name");
  EXPECT_TRUE(EffectsBetween(Entry(1, "old-name"), renamed).empty()) << "its config says what that changes";
  const ChangeSet set = Between(With(Entry(1, "node")), With(Entry(2, "node")));
  ASSERT_EQ(set.changes.size(), 2U) << "the old machine goes and another comes, whatever the Node is called";
  EXPECT_TRUE(set.changes[0].Has(Effect::kWithdrawn) != set.changes[1].Has(Effect::kWithdrawn));
}

TEST(ChangeSet, ANodeThatKeepsOneOfItsCardsIsTheSameMachine) {
  Manifest two = With(Entry(1, "node"));
  two.boot.push_back(Entry(2, "node"));
  const ChangeSet set = Between(two, With(Entry(2, "node")));
  ASSERT_EQ(set.changes.size(), 1U);
  EXPECT_THAT(set.changes[0].effects, ElementsAre(Effect::kMacsChanged));
}

TEST(ChangeSet, NamesWhatHappensToAMachine) {
  BootEntry wiped = Entry(1, "node");
  wiped.install_revision = 2;
  wiped.wipe_script = "nodes/x.wipe.ipxe";
  wiped.wipe_until = 100;
  EXPECT_THAT(EffectsBetween(Entry(1, "node"), wiped), ElementsAre(Effect::kWipe, Effect::kReinstall));
  EXPECT_TRUE(EffectsBetween(wiped, wiped).empty());
  BootEntry again = wiped;
  again.install_revision = 3;
  EXPECT_THAT(EffectsBetween(wiped, again), ElementsAre(Effect::kWipe, Effect::kReinstall))
      << "the same wipe counts again for the next number";
  BootEntry lower = wiped;
  lower.install_revision = 1;
  lower.wipe_script.clear();
  EXPECT_THAT(EffectsBetween(wiped, lower), ElementsAre(Effect::kNextBoot));
  BootEntry moved = Entry(1, "node");
  moved.address = Ipv4Prefix::Parse("10.0.128.2/24");
  EXPECT_THAT(EffectsBetween(Entry(1, "node"), moved), ElementsAre(Effect::kAddressMoves));
  EXPECT_THAT(EffectsBetween(Entry(1, "node", Role::kControlPlane), Entry(1, "node")),
              ElementsAre(Effect::kControlPlaneRemoved, Effect::kRoleChanged));
}

TEST(ChangeSet, TakesWhatDiffersInFilesAndPassesErrorsOn) {
  const ChangeSet set = Between(Table(1), Table(1), NewConfigs);
  ASSERT_EQ(set.changes.size(), 3U);
  EXPECT_THAT(set.changes[0].effects, ElementsAre(Effect::kAtReinstall));
  const auto broken = Compare(Table(1), Table(1), [](const BootEntry&, const BootEntry&, FileKind) {
    return Result<std::string>(FixInput("cannot be made"));
  });
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().message, "cannot be made");
}

}  // namespace
}  // namespace slipway::guard
