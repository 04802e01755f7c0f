#include "schema/contract/merged_commits.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

const std::set<std::string, std::less<>> kNodes{"nodes/a.yaml", "nodes/b.yaml"};

MergedCommit Touching(char digit, std::vector<std::string> files) {
  return {std::string(40, digit), "A <a@example.org>", "Subject", "#1", "", 7, std::move(files)};
}

std::string Cause(const std::vector<MergedCommit>& commits, std::string_view file) {
  const MergedCommit* cause = CauseOf(commits, file, kNodes);
  return cause == nullptr ? "" : cause->commit.substr(0, 1);
}

TEST(MergedCommits, RoundTrip) {
  std::vector<MergedCommit> commits{Touching('1', {"nodes/a.yaml"}), Touching('2', {})};
  commits[1].signer = "a \"b\"\n";
  commits[1].pull_request.clear();
  EXPECT_EQ(DecodeMerged(EncodeMerged(commits)), commits);
  EXPECT_EQ(EncodeMerged({}), "");
}

TEST(MergedCommits, AnotherFormIsNothing) {
  for (const char* text : {"", "x", "[", "{}", "[1]", "[{}]", R"([{"commit":1}])"})
    EXPECT_TRUE(DecodeMerged(text).empty()) << text;
}

TEST(MergedCommits, TheCauseTouchedTheNodesFile) {
  const std::vector<MergedCommit> commits{Touching('3', {"cluster.yaml"}), Touching('2', {"nodes/b.yaml"}),
                                          Touching('1', {"nodes/a.yaml", "nodes/b.yaml"})};
  EXPECT_EQ(Cause(commits, "nodes/a.yaml"), "1") << "the newest that touched it, not the newest";
  EXPECT_EQ(Cause(commits, "nodes/b.yaml"), "2");
  EXPECT_EQ(Cause(commits, "nodes/c.yaml"), "3") << "what is no Node's file may concern every machine";
}

TEST(MergedCommits, OtherNodesFilesAreNoCause) {
  EXPECT_EQ(Cause({Touching('1', {"nodes/b.yaml"})}, "nodes/a.yaml"), "");
  EXPECT_EQ(Cause({}, "nodes/a.yaml"), "");
}

TEST(MergedCommits, ACommitThatTouchedMoreThanIsListedMayBeTheCauseOfAll) {
  EXPECT_EQ(Cause({Touching('2', {}), Touching('1', {"nodes/a.yaml"})}, "nodes/a.yaml"), "2");
}

}  // namespace
}  // namespace slipway
