// How scalars stood in the file, kept on demand.
#include <gtest/gtest.h>

#include "schema/fleet/yaml.h"

namespace slipway::yaml {
namespace {

std::string Show(const Document& document) {
  std::string text;
  for (const ScalarSource& source : document.sources) {
    using Style = ScalarSource::Style;
    text += source.style == Style::kPlain ? "" : source.style == Style::kQuoted ? "'" : source.tag + "!";
    text += source.text + '|';
  }
  return text;
}

std::string SourcesOf(std::string_view text) {
  const Stream stream = Read(text, "x.yaml", {}, Sources::kKeep);
  EXPECT_TRUE(stream.problems.empty()) << stream.problems.front().message;
  std::string shown;
  for (const Document& document : stream.documents) shown += Show(document) + '\n';
  return shown;
}

TEST(YamlSources, AreKeptInDocumentOrderWithTheirStyle) {
  EXPECT_EQ(SourcesOf("a: 0644\nb: '5'\nc: !!float 7\nd: [~, , \"x\\ny\"]\ne:\n"),
            "0644|'5|float!7|||'x\ny||\n");
  EXPECT_EQ(SourcesOf("a: |\n  t\nb: plain\n  folded\n"), "'t\n|plain folded|\n");
  EXPECT_EQ(SourcesOf("a: 1\n---\nb: {}\nc: []\n---\nd: 2\n"), "1|\n\n2|\n");
}

TEST(YamlSources, RepeatWithAliases) {
  EXPECT_EQ(SourcesOf("a: &x 0x1\nb: *x\n"), "0x1|0x1|\n");
  EXPECT_EQ(SourcesOf("a: &x [01, {k: &y 'q'}]\nb: *x\nc: [*y, *x]\n"), "01|'q|01|'q|'q|01|'q|\n");
  EXPECT_EQ(SourcesOf("&k a: *k\nb: &n ~\nc: *n\n"), "a|||\n");
}

TEST(YamlSources, AreOnePerScalarOfTheTree) {
  const Stream stream = Read("a: [1, {b: x}]\nc: null\n", "x.yaml", {}, Sources::kKeep);
  ASSERT_EQ(stream.documents.size(), 1U);
  EXPECT_EQ(stream.documents.front().sources.size(), 3U);
  EXPECT_TRUE(Read("a: [1]\n", "x.yaml").documents.front().sources.empty());
}

}  // namespace
}  // namespace slipway::yaml
