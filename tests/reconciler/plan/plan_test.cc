// What a merge would do, machine by machine.
#include <gmock/gmock.h>

#include "reconciler/plan/format.h"
#include "tests/reconciler/plan/plan_fixture.h"

namespace slipway::plan {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Worker(const std::string& more = "") {
  return NodeYaml("worker-9", "02:00:00:00:00:99", "worker", more);
}

Files With(Files files, const std::string& path, const std::string& bytes) {
  files[path] = bytes;
  return files;
}
Files With(const std::string& node) { return With(SmallFleet(), "nodes/w.yaml", node); }

std::vector<Effect> EffectsOf(const Plan& plan) {
  std::vector<Effect> effects;
  for (const Group& group : plan.groups)
    for (const EffectLine& line : group.change.effects) effects.push_back(line.effect);
  return effects;
}

TEST(Plan, NothingChangesNothing) {
  const Plan plan = PlanOf(SmallFleet(), SmallFleet());
  EXPECT_TRUE(plan.empty());
  EXPECT_EQ(plan.unchanged, 2);
  Files moved = SmallFleet();
  for (auto& [path, bytes] : moved)
    if (path.starts_with("nodes/")) bytes = "# a comment\n" + bytes;
  EXPECT_TRUE(PlanOf(SmallFleet(), moved).empty()) << "a comment changes no machine";
}

TEST(Plan, ANewNodeIsApprovedAndAMissingOneIsWithdrawn) {
  const Plan added = PlanOf(SmallFleet(), With(Worker("  install: {disk: /dev/sda}\n")));
  ASSERT_THAT(EffectsOf(added), ElementsAre(Effect::kApproved));
  EXPECT_EQ(added.groups[0].nodes, std::vector<std::string>{"worker-9"});
  EXPECT_THAT(added.groups[0].change.effects[0].text, HasSubstr("installs to /dev/sda"));
  EXPECT_EQ(added.groups[0].change.source, "nodes/w.yaml:1");
  const Plan removed = PlanOf(With(Worker()), SmallFleet());
  EXPECT_THAT(EffectsOf(removed), ElementsAre(Effect::kWithdrawn));
  EXPECT_EQ(removed.withdrawn, 1);
}

TEST(Plan, AConfigIsComparedByPathWithTheLineThatCausesIt) {
  const Plan plan = PlanOf(With(Worker("  patches: [{inline: {machine: {sysctls: {vm.x: \"1\"}}}}]\n")),
                           With(Worker("  patches: [{inline: {machine: {sysctls: {vm.x: \"2\"}}}}]\n")));
  ASSERT_THAT(EffectsOf(plan), ElementsAre(Effect::kAtReinstall));
  const MachineChange& change = plan.groups[0].change;
  ASSERT_EQ(change.fields.size(), 1U);
  EXPECT_EQ(change.fields[0].path, "machine.sysctls.\"vm.x\"");
  EXPECT_EQ(change.fields[0].before, "1");
  EXPECT_EQ(change.fields[0].after, "2");
  EXPECT_EQ(change.fields[0].file, "nodes/w.yaml");
  EXPECT_EQ(change.fields[0].line, 8);
  EXPECT_THAT(ApplyText(plan.groups[0], "main"), HasSubstr("talosctl apply-config --nodes ADDRESS"));
}

TEST(Plan, EqualChangesOfManyMachinesAreOneGroup) {
  Files base = SmallFleet();
  for (int i = 0; i < 37; ++i) {
    const std::string n = std::to_string(10 + i);
    base["nodes/x" + n + ".yaml"] = NodeYaml("x-" + n, "02:00:00:00:01:" + n, "worker");
  }
  const Plan plan =
      PlanOf(base, With(base, "patches/worker.yaml", "machine: {sysctls: {vm.swappiness: \"77\"}}\n"));
  ASSERT_EQ(plan.groups.size(), 1U);
  EXPECT_EQ(plan.groups[0].nodes.size(), 38U) << "the small fleet has a worker too";
  EXPECT_THAT(plan.groups[0].change.fields, Contains(Field(&FieldChange::path, HasSubstr("vm.swappiness"))));
  EXPECT_EQ(plan.groups[0].change.fields[0].file, "patches/worker.yaml");
  EXPECT_EQ(plan.unchanged, 1);
}

TEST(Plan, ReinstallAndWipeComeFirst) {
  const Plan plan = PlanOf(
      With(Worker("  install: {disk: /dev/sda, revision: 1}\n")),
      With(Worker(
          "  install: {disk: /dev/sda, revision: 2}\n  wipe: {disks: [/dev/sda], until: \"2026-12-24\"}\n"
          "  patches: [{inline: {machine: {sysctls: {vm.x: \"2\"}}}}]\n")));
  ASSERT_THAT(EffectsOf(plan), ElementsAre(Effect::kWipe, Effect::kReinstall, Effect::kAtReinstall));
  EXPECT_THAT(plan.groups[0].change.effects[0].text, HasSubstr("would wipe /dev/sda"));
  EXPECT_THAT(plan.groups[0].change.effects[0].text, HasSubstr("until 2026-12-24"));
  const Plan lowered =
      PlanOf(With(Worker("  install: {revision: 2}\n")), With(Worker("  install: {revision: 1}\n")));
  EXPECT_THAT(EffectsOf(lowered), ElementsAre(Effect::kNextBoot)) << "a revert reinstalls nothing";
}

TEST(Plan, SaysWhenAClusterLosesItsQuorum) {
  Files three = SmallFleet();
  three["nodes/cp-2.yaml"] = NodeYaml("cp-2", "02:00:00:00:00:32", "controlplane");
  three["nodes/cp-3.yaml"] = NodeYaml("cp-3", "02:00:00:00:00:33", "controlplane");
  Files one = three;
  std::vector<std::string> gone;
  for (const auto& [path, bytes] : three) {
    if (bytes.find("role: controlplane") != std::string::npos && gone.size() < 2) gone.push_back(path);
  }
  one.erase(gone[0]);
  const Plan two_left = PlanOf(three, one);
  ASSERT_EQ(two_left.quorums.size(), 1U);
  EXPECT_EQ(two_left.quorums[0].members_before, 3);
  EXPECT_EQ(two_left.quorums[0].members_after, 2);
  EXPECT_FALSE(two_left.quorums[0].Breaks());
  EXPECT_THAT(EffectsOf(two_left), ElementsAre(Effect::kControlPlaneRemoved, Effect::kWithdrawn));
  one.erase(gone[1]);
  EXPECT_TRUE(PlanOf(three, one).quorums[0].Breaks());
}

TEST(Plan, NamesMovesOfAddressesCardsAndVersions) {
  const Plan plan = PlanOf(
      With(Worker("  network: {addresses: [10.0.128.9/24], gateway: 10.0.128.1}\n")),
      With(With(Worker("  network: {addresses: [10.0.128.8/24], gateway: 10.0.128.1}\n")), "nodes/w.yaml",
           NodeYaml("worker-9", "02:00:00:00:00:98", "worker",
                    "  network: {addresses: [10.0.128.8/24], gateway: 10.0.128.1}\n")));
  EXPECT_THAT(EffectsOf(plan), ::testing::IsSupersetOf({Effect::kAddressMoves, Effect::kMacsChanged}));
  EXPECT_EQ(plan.groups[0].change.address, "10.0.128.9") << "the running machine still has its old address";
  Files newer = SmallFleet();
  std::string& cluster = newer["cluster.yaml"];
  cluster.replace(cluster.find("v1.11.6"), 7, "v1.11.7");
  EXPECT_THAT(EffectsOf(PlanOf(SmallFleet(), newer)), Contains(Effect::kTalosVersion));
}

TEST(Plan, ShowsNoSecretAndTellsChangedOnesApart) {
  const auto with_token = [](const std::string& token) {
    return With(Worker("  patches: [{inline: {machine: {token: " + token + "}}}]\n"));
  };
  const Plan plan = PlanOf(with_token("abcdef.0123456789abcdef"), with_token("fedcba.fedcba9876543210"));
  ASSERT_EQ(plan.groups.size(), 1U);
  const FieldChange& field = plan.groups[0].change.fields.at(0);
  EXPECT_EQ(field.path, "machine.token");
  EXPECT_NE(field.before, field.after);
  const std::string all = FormatText(plan, Colour::kNone, 0) + FormatMarkdown(plan, 65'536) +
                          FormatJson(plan) + FormatSarif(plan);
  EXPECT_THAT(all, Not(HasSubstr("0123456789abcdef")));
  EXPECT_THAT(all, Not(HasSubstr("fedcba")));
  EXPECT_THAT(field.after, HasSubstr("(secret "));
}

TEST(Plan, AHeadThatTalosWouldRefuseIsAProblem) {
  const auto plan =
      Comparison(SmallFleet(), With(Worker("  patches: [{inline: {machine: {sysctls: 7}}}]\n"))).Run();
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error(), Contains(Field(&Diagnostic::file, "nodes/w.yaml")));
}

TEST(Plan, EqualsWhateverSharedCachesKnow) {
  const Files base = SmallFleet();
  const Files head = With(Worker("  install: {disk: /dev/sdb}\n"));
  const std::string shared = FormatJson(PlanOf(base, head));
  EXPECT_EQ(FormatJson(PlanOf(base, head)), shared);
  Files slow = head;
  slow["patches/worker.yaml"] += "# other bytes, same meaning\n";
  EXPECT_EQ(PlanOf(head, slow).groups.size(), 0U) << "inputs differ, the configs do not";
}

}  // namespace
}  // namespace slipway::plan
