#include "schema/fleet/diagnostic.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "schema/fleet/codes.h"
#include "schema/fleet/utf8.h"

namespace slipway {
namespace {

Diagnostic Sample() {
  return {"nodes/worker-2.yaml", {12, 14}, code::kYamlDuplicateKey, Severity::kError, "duplicate key `role`",
          "keep one of the two"};
}

TEST(Diagnostics, TextHasPlaceCodeMessageAndFix) {
  EXPECT_EQ(FormatText(Sample()),
            "nodes/worker-2.yaml:12:14: SW1042 error: duplicate key `role` ; fix: keep one of the two");
  Diagnostic bare{"", {}, code::kNoResources, Severity::kWarning, "nothing here", ""};
  EXPECT_EQ(FormatText(bare), "(repository): SW2008 warning: nothing here");
}

TEST(Diagnostics, TextIsOneLineWhateverUsersWrote) {
  Diagnostic hostile = Sample();
  hostile.file = "nodes/\x1b]0;x\x07.yaml";
  hostile.message =
      "a\nb\r\x9b\xe2\x80\xae"
      "c\xff";
  EXPECT_EQ(FormatText(hostile),
            "nodes/\\x1b]0;x\\x07.yaml:12:14: SW1042 error: a\\nb\\x0d\\x9b\\xe2\\x80\\xaec\\xff ; fix: keep "
            "one of the "
            "two");
}

TEST(Diagnostics, ForDisplayCutsAtACharacter) {
  EXPECT_EQ(ForDisplay("äöü", 5), "äö…");
  EXPECT_EQ(ForDisplay("äöü", 6), "äöü");
  EXPECT_EQ(ForDisplay("\xc2\x9b"), "\\xc2\\x9b");
}

TEST(Diagnostics, JsonHasEveryField) {
  const auto json = nlohmann::json::parse(FormatJson({Sample()}));
  EXPECT_EQ(json, nlohmann::json::parse(R"([{"file": "nodes/worker-2.yaml", "line": 12, "column": 14,
      "code": "SW1042", "severity": "error", "message": "duplicate key `role`", "fix": "keep one of the two"}])"));
  EXPECT_EQ(FormatJson({}), "[]\n");
}

TEST(Diagnostics, JsonAndSarifSurviveBytesThatAreNoUtf8) {
  Diagnostic hostile = Sample();
  hostile.file = hostile.message = "\xff";
  EXPECT_FALSE(nlohmann::json::parse(FormatJson({hostile}), nullptr, false).is_discarded());
  EXPECT_FALSE(nlohmann::json::parse(FormatSarif({hostile}), nullptr, false).is_discarded());
}

TEST(Diagnostics, SarifHasARulePerCodeAndARegionPerResult) {
  Diagnostic other = Sample();
  other.file = "a b/ä.yaml";
  other.mark = {};
  other.code = code::kNoGateway;
  other.severity = Severity::kWarning;
  const auto sarif = nlohmann::json::parse(FormatSarif({Sample(), other, Sample()}));
  EXPECT_EQ(sarif["version"], "2.1.0");
  const auto& run = sarif["runs"][0];
  EXPECT_EQ(run["columnKind"], "unicodeCodePoints");
  const auto& rules = run["tool"]["driver"]["rules"];
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_EQ(rules[0]["id"], "SW1042");
  EXPECT_EQ(rules[0]["shortDescription"]["text"], "duplicate key");
  ASSERT_EQ(run["results"].size(), 3U);
  const auto& first = run["results"][0];
  EXPECT_EQ(first["ruleId"], rules[first["ruleIndex"].get<size_t>()]["id"]);
  EXPECT_EQ(first["level"], "error");
  EXPECT_EQ(first["locations"][0]["physicalLocation"]["region"]["startLine"], 12);
  EXPECT_EQ(first["locations"][0]["physicalLocation"]["region"]["startColumn"], 14);
  const auto& second = run["results"][1];
  EXPECT_EQ(second["level"], "warning");
  EXPECT_EQ(second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "a%20b/%C3%A4.yaml");
  EXPECT_FALSE(second["locations"][0]["physicalLocation"].contains("region"));
}

TEST(Diagnostics, AreSortedByPlaceAndEachIsKeptOnce) {
  Diagnostic first = Sample();
  first.mark = {2, 9};
  Diagnostic whole = Sample();
  whole.mark = {};
  Diagnostic other = Sample();
  other.file = "a.yaml";
  Diagnostics all = {Sample(), first, Sample(), whole, other};
  SortDiagnostics(all);
  EXPECT_EQ(all, (Diagnostics{other, whole, first, Sample()}));
  EXPECT_TRUE(HasErrors(all));
  other.severity = Severity::kWarning;
  EXPECT_FALSE(HasErrors({other}));
}

}  // namespace
}  // namespace slipway
