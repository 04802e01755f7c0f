#include <gtest/gtest.h>

#include "schema/fleet/codes.h"
#include "schema/fleet/yaml.h"

namespace slipway::yaml {
namespace {

std::string Repeat(std::string_view text, size_t count) {
  std::string result;
  for (size_t i = 0; i < count; ++i) result += text;
  return result;
}

int FirstCode(std::string_view text, const Limits& limits = {}) {
  const Stream stream = Read(text, "test.yaml", limits);
  return stream.problems.empty() ? 0 : stream.problems.front().code;
}

TEST(YamlLimits, SixtyFourLevelsAreReadAndOneMoreIsNot) {
  EXPECT_EQ(FirstCode(Repeat("[", 64) + Repeat("]", 64)), 0);
  EXPECT_EQ(FirstCode(Repeat("[", 65) + Repeat("]", 65)), code::kYamlTooDeep);
  EXPECT_EQ(FirstCode(Repeat("- ", 65)), code::kYamlTooDeep);
}

TEST(YamlLimits, MebibytesOfOpeningsEndAtTheDepthLimit) {
  for (const char* opening : {"[", "{", "- ", "? ", "{a: ", "[a, ", "[{", "&a [", "!!seq ["}) {
    const size_t count = (1U << 20U) / std::string_view(opening).size();
    EXPECT_NE(FirstCode(Repeat(opening, count)), 0) << opening;
  }
  std::string stairs;
  for (size_t i = 0; i < 1400; ++i) stairs += std::string(i, ' ') + "a:\n";
  EXPECT_EQ(FirstCode(stairs), code::kYamlTooDeep);
}

TEST(YamlLimits, DepthCountsThroughAliases) {
  std::string text = "a0: &a0 " + Repeat("[", 30) + "x" + Repeat("]", 30) + "\n";
  EXPECT_EQ(FirstCode(text + "b: " + Repeat("[", 33) + "*a0" + Repeat("]", 33) + "\n"), 0);
  EXPECT_EQ(FirstCode(text + "b: " + Repeat("[", 34) + "*a0" + Repeat("]", 34) + "\n"), code::kYamlTooDeep);
  for (int i = 1; i < 5; ++i) {
    const std::string n = std::to_string(i);
    text +=
        "a" + n + ": &a" + n + " " + Repeat("[", 15) + "*a" + std::to_string(i - 1) + Repeat("]", 15) + "\n";
  }
  EXPECT_EQ(FirstCode(text), code::kYamlTooDeep);
}

TEST(YamlLimits, AnAliasBombMeetsTheNodeBudget) {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c <= 'i'; ++c) {
    const std::string before = std::string("*") + static_cast<char>(c - 1);
    bomb += std::string(1, c) + ": &" + c + " [" + before + Repeat(", " + before, 8) + "]\n";
  }
  EXPECT_EQ(FirstCode(bomb), code::kYamlTooManyNodes);
}

TEST(YamlLimits, ABombOfLongTextMeetsTheTextBudget) {
  const std::string text = "a: &a " + std::string(200'000, 'x') + "\nb: [*a" + Repeat(", *a", 1000) + "]\n";
  EXPECT_EQ(FirstCode(text), code::kYamlTooManyNodes);
}

TEST(YamlLimits, CountsNodesOverAllDocuments) {
  Limits limits;
  limits.nodes = 10;
  EXPECT_EQ(FirstCode("[1, 2, 3, 4, 5, 6, 7, 8]", limits), 0);
  EXPECT_EQ(FirstCode("[1, 2, 3, 4, 5, 6, 7, 8, 9]", limits), code::kYamlTooManyNodes);
  EXPECT_EQ(FirstCode(Repeat("--- x\n", 6), limits), code::kYamlTooManyNodes);
  EXPECT_EQ(FirstCode(Repeat("---\n", 250'000)), code::kYamlTooManyNodes);
}

TEST(YamlLimits, RefusesFilesAndScalarsThatAreTooLong) {
  EXPECT_EQ(FirstCode("a: " + std::string((1U << 20U) - 3, 'x')), code::kYamlScalarTooLong);
  EXPECT_EQ(FirstCode("a: " + std::string((1U << 20U) - 2, 'x')), code::kYamlTooLarge);
  EXPECT_EQ(FirstCode("a: " + std::string(1U << 18U, 'x')), 0);
  EXPECT_EQ(FirstCode("a: " + std::string((1U << 18U) + 1, 'x')), code::kYamlScalarTooLong);
}

TEST(YamlLimits, RefusesBytesThatAreNoText) {
  EXPECT_EQ(FirstCode("a: \xff\xfe"), code::kYamlNotUtf8);
  EXPECT_EQ(FirstCode("a: \xc0\xaf"), code::kYamlNotUtf8);
  EXPECT_EQ(FirstCode("a: \xed\xa0\x80"), code::kYamlNotUtf8);
  EXPECT_EQ(FirstCode("a: \xf4\x90\x80\x80"), code::kYamlNotUtf8);
  EXPECT_EQ(FirstCode("12345678\xe2\x82"), code::kYamlNotUtf8);
  EXPECT_EQ(FirstCode(std::string_view("a\0b: c", 6)), code::kYamlForbiddenCharacter);
  EXPECT_EQ(FirstCode("a: x\x04y"), code::kYamlForbiddenCharacter);
  EXPECT_EQ(FirstCode("a: \x1b[0m"), code::kYamlForbiddenCharacter);
  EXPECT_EQ(FirstCode("a: \xc2\x81"), code::kYamlForbiddenCharacter);
  EXPECT_EQ(FirstCode("a: \xef\xbf\xbf"), code::kYamlForbiddenCharacter);
  EXPECT_EQ(FirstCode("a: \xc2\x85 \xef\xbf\xbd"), 0);
  const Stream stream = Read("ok: 1\nä: \x01", "test.yaml");
  EXPECT_EQ(stream.problems.front().mark, (Mark{2, 4}));
}

TEST(YamlLimits, StopsAfterAHundredProblems) {
  const Stream stream = Read(Repeat("a: 1\n", 5000), "test.yaml");
  EXPECT_EQ(stream.problems.size(), 101U);
  EXPECT_EQ(stream.problems.back().code, code::kYamlTooManyProblems);
}

TEST(YamlLimits, OneVeryLongLineIsWalkedOnce) {
  // Columns count code points; asking for each from the line's start would take minutes here.
  const Stream stream = Read("[" + Repeat("é,", 180'000) + "é]", "test.yaml");
  ASSERT_EQ(stream.documents.size(), 1U);
  EXPECT_EQ(stream.documents[0].root.AsSequence()->back().mark(), (Mark{1, 360'002}));
}

TEST(YamlLimits, ManyEmptyValuesOnOneLineAreWalkedOnce) {
  std::string text = "{";
  for (int i = 0; i < 90'000; ++i) text += "a" + std::to_string(i) + ",";
  const Stream stream = Read(text + "z}", "test.yaml");
  ASSERT_EQ(stream.documents.size(), 1U);
  EXPECT_EQ(stream.documents[0].root.AsMapping()->size(), 90'001U);
}

}  // namespace
}  // namespace slipway::yaml
