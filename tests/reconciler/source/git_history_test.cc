// What is known of commits and tags besides their trees: lines of first parents, bytes, and what came with
// them.
#include <gtest/gtest.h>

#include "tests/reconciler/source/git_fixture.h"

namespace slipway {
namespace {

using testing::Child;
using testing::FreePort;
using testing::GitFixture;
using testing::Sh;
using testing::WaitForPort;
using Lines = std::vector<std::string>;

class GitHistoryTest : public GitFixture {
 protected:
  /// A commit on the branch at hand that is not pushed.
  std::string Local(const std::string& name, const std::string& date = "1700000000") {
    return Sh(work(), "export GIT_COMMITTER_DATE='" + date + " +0000'; echo " + name + " > " + name +
                          "; git add -A; git commit -q -m " + name + "; git rev-parse HEAD");
  }
  std::string Merge(const std::string& branch) {
    return Sh(work(), "git merge -q --no-ff -m merged " + branch + "; git rev-parse HEAD");
  }
  void Push() { Sh(work(), "git push -q -f origin HEAD:main"); }

  Lines Line(GitSource& source, const std::string& newer, const std::string& older, size_t most = 1000) {
    const auto line = source.FirstParents(newer, older, most);
    EXPECT_TRUE(line) << line.error().error.message;
    return line.value_or(Lines{});
  }
};

TEST_F(GitHistoryTest, ChangesAreThoseOfTheFirstParentLineNewestFirst) {
  const std::string first = Local("a");
  Sh(work(), "git checkout -q -b side");
  Local("s1");
  Local("s2");
  Sh(work(), "git checkout -q main");
  const std::string merge = Merge("side");
  const std::string empty = Sh(work(), "git commit -q --allow-empty -m nothing; git rev-parse HEAD");
  const std::string moved = Sh(work(), "git mv a b; rm s1; git commit -q -a -m moved; git rev-parse HEAD");
  Push();
  GitSource source = Source();
  const auto newest = source.Fetch();
  ASSERT_TRUE(newest) << newest.error().error.message;
  const auto changes = source.ChangesSince(*newest, first);
  ASSERT_TRUE(changes) << changes.error().error.message;
  ASSERT_EQ(changes->size(), 2U) << "a commit without changes is left out";
  EXPECT_EQ(changes->at(0).revision.commit, moved);
  EXPECT_EQ(changes->at(0).revision.subject, "moved");
  EXPECT_EQ(changes->at(0).files, (Lines{"a", "b", "s1"}));
  EXPECT_EQ(changes->at(1).revision.commit, merge);
  EXPECT_EQ(changes->at(1).files, (Lines{"s1", "s2"}));
  EXPECT_TRUE(source.ChangesSince(*newest, newest->commit).value().empty());
}

TEST_F(GitHistoryTest, ChangesAreBelowThePathAndCounted) {
  const std::string first = Local("a");
  Sh(work(), "mkdir -p lab/nodes; touch lab/nodes/x other; git add -A; git commit -q -m one");
  Sh(work(), "for i in $(seq 300); do touch lab/$i; done; git add -A; git commit -q -m many");
  Push();
  SourceConfig config = Config();
  config.path = "lab";
  GitSource source = Source(config);
  const auto newest = source.Fetch();
  ASSERT_TRUE(newest) << newest.error().error.message;
  const auto changes = source.ChangesSince(*newest, first);
  ASSERT_TRUE(changes && changes->size() == 2);
  EXPECT_TRUE(changes->at(0).all_files);
  EXPECT_TRUE(changes->at(0).files.empty());
  EXPECT_EQ(changes->at(1).files, Lines{"nodes/x"});
}

TEST_F(GitHistoryTest, TheLineLeavesOutWhatWasMerged) {
  Sh(work(), "git checkout -q -b side");
  Local("s1");
  Local("s2");
  Sh(work(), "git checkout -q main");
  const std::string b = Local("b");
  const std::string merged = Merge("side");
  const std::string c = Local("c");
  Push();
  GitSource source = Source();
  ASSERT_TRUE(source.Fetch());
  EXPECT_EQ(Line(source, c, first_), (Lines{b, merged, c}));
  EXPECT_EQ(Line(source, c, merged), (Lines{c}));
  EXPECT_EQ(Line(source, c, c), Lines{});
  EXPECT_EQ(Line(source, b, c), Lines{}) << "moved back: nothing is new";
  EXPECT_EQ(Line(source, c, ""), (Lines{first_, b, merged, c}));
  EXPECT_EQ(Line(source, c, std::string(40, 'f')), (Lines{first_, b, merged, c}))
      << "unknown reaches nothing";
}

TEST_F(GitHistoryTest, TheLineIsThatOfABranchWhichMergedTheServedOneIntoItself) {
  Sh(work(), "git checkout -q -b side");
  const std::string s1 = Local("s1");
  const std::string s2 = Local("s2");
  Sh(work(), "git checkout -q main");
  const std::string served = Local("served");
  Push();
  Sh(work(), "git checkout -q side");
  const std::string merged = Merge("main");
  Push();
  GitSource source = Source();
  const auto revision = source.Fetch();
  ASSERT_TRUE(revision);
  EXPECT_EQ(source.CompareWith(*revision, served), Ancestry::kDescendant);
  EXPECT_EQ(Line(source, merged, served), (Lines{s1, s2, merged}));
}

TEST_F(GitHistoryTest, WrongDatesHideNothing) {
  Lines commits;
  for (const char* date : {"1900000000", "1000000000", "1800000000", "100000000", "1700000000"}) {
    commits.push_back(Local("c" + std::to_string(commits.size()), date));
  }
  Push();
  GitSource source = Source();
  ASSERT_TRUE(source.Fetch());
  for (size_t i = 0; i < commits.size(); ++i) {
    EXPECT_EQ(Line(source, commits.back(), commits[i]),
              Lines(commits.begin() + static_cast<std::ptrdiff_t>(i) + 1, commits.end()));
  }
}

TEST_F(GitHistoryTest, ThousandsOfCommitsAreListedAndMoreThanAskedForAreRefused) {
  Sh(work(),
     "{ for i in $(seq 1 3000); do echo \"commit refs/heads/main\ncommitter A <a@b> $((1700000000 + i)) "
     "+0000\ndata 1\nx\"; [ $i -gt 1 ] || echo \"from refs/heads/main^0\"; done; } | git fast-import --quiet "
     "&& "
     "git push -q origin main");
  const std::string tip = Sh(work(), "git rev-parse main");
  GitSource source = Source();
  ASSERT_TRUE(source.Fetch());
  EXPECT_EQ(Line(source, tip, first_, 3000).size(), 3000u);
  EXPECT_SOURCE_FAILURE(source.FirstParents(tip, first_, 2999), SourceReason::kTreeTooLarge,
                        "more than 2999 commits");
}

TEST_F(GitHistoryTest, ObjectsAreReadByteForByte) {
  Sh(work(), "git tag -a -m about v1");
  Push();
  GitSource source = Source();
  ASSERT_TRUE(source.Fetch());
  const auto commit = source.ReadObject(first_);
  ASSERT_TRUE(commit) << commit.error().error.message;
  EXPECT_EQ(*commit, Sh(work(), "git cat-file commit " + first_) + "\n");
  const std::string blob = Sh(work(), "git rev-parse HEAD:site.yaml");
  EXPECT_SOURCE_FAILURE(source.ReadObject(blob), SourceReason::kTreeTooLarge, "no commit or tag");
  EXPECT_FALSE(source.ReadObject(std::string(40, 'f')));
  EXPECT_FALSE(source.ReadObject("x"));
}

TEST_F(GitHistoryTest, AnnotatedTagsOfThePrefixComeWithTheRevisionTheyPointAt) {
  const uint16_t port = FreePort();
  const Child daemon({"git", "daemon", "--listen=127.0.0.1", "--port=" + std::to_string(port), "--export-all",
                      "--reuseaddr", "--base-path=" + dir_.path().string(), dir_.path().string()},
                     dir_ / "daemon.log");
  ASSERT_TRUE(WaitForPort(port));
  for (const std::string& url :
       {remote().string(), "git://127.0.0.1:" + std::to_string(port) + "/remote.git"}) {
    SCOPED_TRACE(url);
    Sh(remote(), "git tag -l | xargs -r git tag -d");
    Sh(work(), "git tag -l | xargs -r git tag -d");
    std::filesystem::remove_all(mirror());
    SourceConfig config = Config(url);
    config.tag_prefix = "refs/tags/ok/";
    GitSource source = Source(config);
    const std::string before = Sh(work(), "git rev-parse HEAD");
    EXPECT_EQ(source.Fetch()->tags, Lines{});
    Sh(work(), "git tag -a -m x ok/one; git tag ok/light; git tag -a -m x other; git push -q origin --tags");
    const std::string one = Sh(work(), "git rev-parse refs/tags/ok/one");
    const auto tagged = source.Fetch();
    ASSERT_TRUE(tagged) << tagged.error().error.message;
    EXPECT_EQ(tagged->tags, Lines{one}) << "although the branch did not move";
    EXPECT_NE(source.ReadObject(one).value_or("").find("tag ok/one"), std::string::npos);
    Commit("echo b > b" + std::to_string(port) + std::to_string(url.size()));
    Sh(work(), "git tag -a -m x ok/two " + before + "; git push -q origin --tags");
    EXPECT_EQ(source.Fetch()->tags, Lines{}) << "they point at another commit";
  }
}

TEST_F(GitHistoryTest, AKeptCommitOutlivesTheRemotesMemoryAndThePackingOfTheMirror) {
  GitSource source = Source();
  const std::string served = Commit("echo served > served");
  ASSERT_TRUE(source.Fetch());
  source.Keep(served);
  source.Keep(std::string(40, 'f'));
  Sh(work(), "git reset -q --hard " + first_);
  for (int i = 0; i < 45; ++i) {  // each fetch adds a pack; many of them are packed into one
    Commit("echo " + std::to_string(i) + " > changed");
    ASSERT_TRUE(source.Fetch());
  }
  const auto last = source.Fetch();
  ASSERT_TRUE(last);
  EXPECT_EQ(source.CompareWith(*last, served), Ancestry::kRewritten) << "it is still known";
  EXPECT_TRUE(source.ReadObject(served));
}

}  // namespace
}  // namespace slipway
