#include "schema/fleet/ignore.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

bool Ignores(std::string_view rules, std::string_view path) {
  return IgnoreRules::Parse(rules).Ignores(path);
}

TEST(Ignore, ANameFitsAtAnyLevel) {
  EXPECT_TRUE(Ignores("a.yaml", "a.yaml"));
  EXPECT_TRUE(Ignores("a.yaml", "x/y/a.yaml"));
  EXPECT_TRUE(Ignores("docs", "x/docs/a.yaml"));
  EXPECT_FALSE(Ignores("a.yaml", "ba.yaml"));
  EXPECT_FALSE(Ignores("", "a"));
}

TEST(Ignore, ASlashAnchorsToTheRoot) {
  EXPECT_TRUE(Ignores("/a.yaml", "a.yaml"));
  EXPECT_FALSE(Ignores("/a.yaml", "x/a.yaml"));
  EXPECT_TRUE(Ignores("x/a.yaml", "x/a.yaml"));
  EXPECT_FALSE(Ignores("x/a.yaml", "y/x/a.yaml"));
  EXPECT_TRUE(Ignores("x/y", "x/y/z/a.yaml"));
}

TEST(Ignore, ATrailingSlashMeansFolders) {
  EXPECT_TRUE(Ignores("docs/", "docs/a.yaml"));
  EXPECT_TRUE(Ignores("docs/", "x/docs/y/a.yaml"));
  EXPECT_FALSE(Ignores("docs/", "docs"));
  EXPECT_FALSE(Ignores("/docs/", "x/docs/a.yaml"));
}

TEST(Ignore, StarsStayWithinASegmentAndTwoGoBeyond) {
  EXPECT_TRUE(Ignores("*.tmp.yaml", "x/a.tmp.yaml"));
  EXPECT_FALSE(Ignores("x/*.yaml", "x/y/a.yaml"));
  EXPECT_TRUE(Ignores("x/*/a.yaml", "x/y/a.yaml"));
  EXPECT_TRUE(Ignores("x/**/a.yaml", "x/a.yaml"));
  EXPECT_TRUE(Ignores("x/**/a.yaml", "x/y/z/a.yaml"));
  EXPECT_TRUE(Ignores("**/a.yaml", "a.yaml"));
  EXPECT_TRUE(Ignores("**/y/a.yaml", "x/y/a.yaml"));
  EXPECT_TRUE(Ignores("x/**", "x/y/a.yaml"));
  EXPECT_FALSE(Ignores("x/**", "x"));
  EXPECT_FALSE(Ignores("x/**/y/a.yaml", "x/a.yaml"));
}

TEST(Ignore, TheLastRuleThatFitsDecides) {
  EXPECT_FALSE(Ignores("*.yaml\n!a.yaml\n", "x/a.yaml"));
  EXPECT_TRUE(Ignores("!a.yaml\n*.yaml\n", "x/a.yaml"));
  EXPECT_FALSE(Ignores("/*\n!/keep/\n", "keep/a.yaml"));
  EXPECT_TRUE(Ignores("/*\n!/keep/\n", "drop/a.yaml"));
}

TEST(Ignore, NothingComesBackOutOfAnExcludedFolder) {
  EXPECT_TRUE(Ignores("docs/\n!docs/a.yaml\n", "docs/a.yaml"));
  EXPECT_FALSE(Ignores("docs/*\n!docs/a.yaml\n", "docs/a.yaml"));
}

TEST(Ignore, CommentsBlanksEscapesAndLineEnds) {
  EXPECT_FALSE(Ignores("# a.yaml\n\n   \n", "a.yaml"));
  EXPECT_TRUE(Ignores("\\#a", "#a"));
  EXPECT_TRUE(Ignores("\\!a", "!a"));
  EXPECT_TRUE(Ignores("a.yaml   \r\n", "a.yaml"));
  EXPECT_TRUE(Ignores("a\\ ", "a "));
  EXPECT_FALSE(Ignores("/\n!\n!/\n", "a"));
}

TEST(Ignore, SegmentGlobs) {
  EXPECT_TRUE(MatchSegment("a?c", "abc"));
  EXPECT_FALSE(MatchSegment("a?c", "ac"));
  EXPECT_TRUE(MatchSegment("[a-c]x", "bx"));
  EXPECT_FALSE(MatchSegment("[!a-c]x", "bx"));
  EXPECT_TRUE(MatchSegment("[^a-c]x", "dx"));
  EXPECT_TRUE(MatchSegment("[]]x", "]x"));
  EXPECT_TRUE(MatchSegment("[a", "[a"));
  EXPECT_TRUE(MatchSegment("\\*", "*"));
  EXPECT_FALSE(MatchSegment("\\*", "a"));
  EXPECT_TRUE(MatchSegment("a\\", "a\\"));
  EXPECT_TRUE(MatchSegment("*a*b*c*", "xxaxxbxxc"));
  EXPECT_FALSE(MatchSegment("*a*b*c", "xxaxxbxx"));
  EXPECT_TRUE(MatchSegment("**", "abc"));
}

TEST(Ignore, HostilePatternsTakeNoLongerThanTheyAreLong) {
  std::string stars;
  std::string folders;
  for (int i = 0; i < 2000; ++i) {
    stars += "*a";
    folders += "**/a/";
  }
  EXPECT_FALSE(Ignores(stars + "b", std::string(4000, 'a')));
  std::string path;
  for (int i = 0; i < 500; ++i) path += "a/";
  EXPECT_FALSE(Ignores(folders + "b", path + "c"));
}

}  // namespace
}  // namespace slipway
