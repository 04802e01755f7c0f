#include "reconciler/plan/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "schema/fleet/schema.h"
#include "schema/fleet/yaml.h"

namespace slipway::plan {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Group MakeGroup(const std::string& node, Effect effect, const std::string& text) {
  Group group;
  group.nodes = {node};
  group.change.node = node;
  group.change.cluster = "home";
  group.change.source = "nodes/" + node + ".yaml:3";
  group.change.effects = {{effect, text}};
  group.change.fields = {{"machine.sysctls.x", "1", "2", "patches/x.yaml", 4}};
  return group;
}

Plan Sample(int groups = 2) {
  Plan plan;
  plan.base = "main";
  plan.head = "change";
  plan.render = "--revision change";
  plan.groups.push_back(MakeGroup("cp-1", Effect::kWipe, "would wipe /dev/sda"));
  for (int i = 1; i < groups; ++i)
    plan.groups.push_back(MakeGroup("worker-" + std::to_string(i), Effect::kAtReinstall, "config changes"));
  plan.quorums = {{"home", 3, 1, 0}};
  plan.changed = groups;
  return plan;
}

TEST(PlanText, SaysTheDangerousFirstAndCountsTheRest) {
  const std::string text = FormatText(Sample(), Colour::kNone, 0);
  EXPECT_THAT(text, StartsWith("cluster home: 3 → 1 control planes, quorum 2 → 1: too few"));
  EXPECT_LT(text.find("would wipe /dev/sda"), text.find("config changes"));
  EXPECT_THAT(text, HasSubstr("~ machine.sysctls.x: 1 → 2  (patches/x.yaml:4)"));
  EXPECT_THAT(text, HasSubstr("0 approved, 0 withdrawn, 2 changed, 0 unchanged"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(FormatText(Sample(), Colour::kAnsi, 0), HasSubstr("\x1b[31m  would wipe"));
}

TEST(PlanText, KeepsToTheWidthAtWholeCharacters) {
  Plan plan = Sample();
  plan.groups[0].change.effects[0].text = std::string(200, 'x') + "→→→";
  for (size_t width = 2; width < 60; ++width) {
    const std::string text = FormatText(plan, Colour::kNone, width);
    const nlohmann::json valid = text;
    EXPECT_NO_THROW((void)valid.dump()) << "cut inside a character at " << width;
  }
}

TEST(PlanMarkdown, FitsWhateverTheLimitWithTheDangerousFirst) {
  const Plan plan = Sample(400);
  for (const size_t limit : {4'000U, 32'768U, 65'536U, 1'000'000U}) {
    const std::string text = FormatMarkdown(plan, limit);
    EXPECT_LE(text.size(), limit);
    EXPECT_THAT(text, StartsWith(std::string(kCommentMarker)));
    EXPECT_THAT(text, HasSubstr("would wipe /dev/sda"));
    EXPECT_THAT(text, HasSubstr("400 changed"));
  }
  EXPECT_THAT(FormatMarkdown(plan, 4'000), HasSubstr("do not fit"));
}

TEST(PlanMarkdown, WhatOthersWroteBecomesNoMarkup) {
  Plan plan = Sample(1);
  plan.groups[0].nodes = {"@all [x](http://e) <img>"};
  plan.groups[0].change.fields[0].after = "a`b|c\n# d";
  const std::string text = FormatMarkdown(plan, 65'536);
  EXPECT_THAT(text, HasSubstr("\\@all \\[x\\]\\(http://e\\) \\<img\\>"));
  EXPECT_THAT(text, HasSubstr("`a'b\\|c # d`"));
}

TEST(PlanRefusal, ErrorsComeFirstAndNothingOfThemIsMarkup) {
  const Diagnostics problems = {
      {"a.yaml", {1, 2}, 1203, Severity::kWarning, "odd", ""},
      {"b`|.yaml", {3, 4}, 1204, Severity::kError, "<img> @all [x](y)", "do *that*"}};
  const std::string text = FormatRefusal("this would be refused", problems, 65'536);
  EXPECT_TRUE(text.starts_with(kCommentMarker));
  EXPECT_LT(text.find("SW1204"), text.find("SW1203"));
  EXPECT_NE(text.find("\\<img\\> \\@all \\[x\\]\\(y\\)"), std::string::npos) << text;
  EXPECT_NE(text.find("`b'\\|.yaml:3:4`"), std::string::npos) << text;
  const Diagnostics many(10'000, problems[1]);
  const std::string cut = FormatRefusal("x", many, 4'096);
  EXPECT_LE(cut.size(), 4'096U);
  EXPECT_NE(cut.find(" more do not fit"), std::string::npos);
}

TEST(PlanJson, IsWhatThePublishedSchemaSays) {
  const auto stream = yaml::Read(FormatJson(Sample(3)), "plan.json");
  ASSERT_TRUE(stream.problems.empty());
  Diagnostics problems;
  ValidateAgainstSchema(stream.documents.front().root, "plan", "plan.json", problems);
  EXPECT_TRUE(problems.empty()) << problems.front().message;
  const auto json = nlohmann::json::parse(FormatJson(Sample()));
  EXPECT_EQ(json["format"], "slipway.plan/v1");
  EXPECT_EQ(json["groups"][0]["effects"][0]["effect"], "wipe");
  EXPECT_EQ(json["groups"][0]["fields"][0]["path"], "machine.sysctls.x");
  EXPECT_EQ(json["quorums"][0]["breaks"], true);
}

TEST(PlanSarif, PointsAtTheNodesLine) {
  const auto sarif = nlohmann::json::parse(FormatSarif(Sample()));
  const auto& result = sarif["runs"][0]["results"][0];
  EXPECT_EQ(result["ruleId"], "wipe");
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "nodes/cp-1.yaml");
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["region"]["startLine"], 3);
}

}  // namespace
}  // namespace slipway::plan
