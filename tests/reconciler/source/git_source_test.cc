#include "reconciler/source/git_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "tests/reconciler/source/git_fixture.h"

namespace slipway {
namespace {

namespace fs = std::filesystem;
using testing::GitFixture;
using testing::ReadAll;
using testing::Sh;
using Lines = std::vector<std::string>;

class GitSourceTest : public GitFixture {
 protected:
  Revision Fetch(GitSource& source) {
    const auto revision = source.Fetch();
    EXPECT_TRUE(revision) << revision.error().error.message;
    return revision.value_or(Revision{});
  }
};

TEST_F(GitSourceTest, ReadsWhatTheBranchHolds) {
  for (const std::string& url : {remote().string(), "file://" + remote().string()}) {
    fs::remove_all(mirror());
    SourceConfig config = Config(url);
    config.branch = "main";
    GitSource source = Source(config);
    const Revision revision = Fetch(source);
    EXPECT_EQ(revision.commit, first_);
    EXPECT_EQ(revision.name, "main@sha1:" + first_);
    EXPECT_EQ(revision.author, "Ada <ada@example.org>");
    EXPECT_EQ(revision.subject, "Begin the fleet");
    EXPECT_EQ(revision.committed_at, 1'700'000'000);
    EXPECT_EQ(ReadAll(source, revision), (Lines{"nodes/a.yaml=a", "site.yaml=site"}));
  }
}

TEST_F(GitSourceTest, FollowsTheBranch) {
  GitSource source = Source();
  Fetch(source);
  const std::string second = Commit("echo b > nodes/b.yaml; git rm -q nodes/a.yaml");
  const Revision revision = Fetch(source);
  EXPECT_EQ(revision.commit, second);
  EXPECT_EQ(ReadAll(source, revision), (Lines{"nodes/b.yaml=b", "site.yaml=site"}));
  EXPECT_EQ(source.CompareWith(revision, first_), Ancestry::kDescendant);
  EXPECT_EQ(source.CompareWith(revision, second), Ancestry::kDescendant);
  EXPECT_EQ(source.CompareWith(revision, std::string(40, 'f')), Ancestry::kUnknown);
  EXPECT_EQ(source.CompareWith(revision, "not a hash"), Ancestry::kUnknown);
}

TEST_F(GitSourceTest, TakesTheRemotesHeadWhereNoBranchIsNamed) {
  Sh(work(),
     "git checkout -q -b trunk && echo t > t.yaml && git add -A && git commit -qm t && git push -q origin "
     "trunk");
  Sh(remote(), "git symbolic-ref HEAD refs/heads/trunk");
  GitSource source = Source();
  EXPECT_TRUE(Fetch(source).name.starts_with("trunk@sha1:"));
}

TEST_F(GitSourceTest, TakesADetachedHead) {
  Commit("echo 2 > two.yaml");
  Sh(remote(), "git update-ref --no-deref HEAD " + first_);
  GitSource source = Source();
  const Revision revision = Fetch(source);
  EXPECT_EQ(revision.commit, first_);
  EXPECT_EQ(revision.name, "HEAD@sha1:" + first_);
}

TEST_F(GitSourceTest, ReadsBranchesWithSlashesTagsAndCommits) {
  Sh(work(),
     "git checkout -q -b feature/x && git tag light && git tag -a -m annotated heavy && git push -q origin "
     "feature/x "
     "light heavy");
  const std::string newest = Commit("echo 2 > two.yaml");
  const struct {
    std::string branch, tag, commit, name;
  } cases[] = {{"feature/x", "", "", "feature/x@sha1:" + newest},
               {"refs/heads/feature/x", "", "", "feature/x@sha1:" + newest},
               {"", "light", "", "light@sha1:" + first_},
               {"", "heavy", "", "heavy@sha1:" + first_},
               {"", "", first_, "sha1:" + first_}};
  for (const auto& entry : cases) {
    SCOPED_TRACE(entry.name);
    fs::remove_all(mirror());
    SourceConfig config = Config();
    config.branch = entry.branch;
    config.tag = entry.tag;
    config.commit = entry.commit;
    GitSource source = Source(config);
    const Revision revision = Fetch(source);
    EXPECT_EQ(revision.name, entry.name);
    EXPECT_GE(ReadAll(source, revision).size(), 2u);
    EXPECT_EQ(Fetch(source).name, entry.name) << "once more";
  }
}

TEST_F(GitSourceTest, MergesWhatWasFetchedAsTheForgeWouldAndNamesConflicts) {
  Sh(work(),
     "git checkout -q -b topic; echo t > nodes/t.yaml; echo mine > site.yaml; git add -A; git commit -qm "
     "topic; "
     "git push -q origin topic:refs/pull/7/head; git checkout -q main");
  Commit("echo b > nodes/b.yaml");
  GitSource base_source = Source();
  SourceConfig config = Config();
  config.branch = "refs/pull/7/head";
  GitSource head_source = Source(config);
  const Revision head = Fetch(head_source);
  const auto merged = head_source.Merge(Fetch(base_source), head);
  ASSERT_TRUE(merged) << merged.error().error.message;
  EXPECT_EQ(ReadAll(head_source, *merged),
            (Lines{"nodes/a.yaml=a", "nodes/b.yaml=b", "nodes/t.yaml=t", "site.yaml=mine"}));
  EXPECT_EQ(head_source.Merge(Fetch(base_source), head)->commit, merged->commit)
      << "the same merge is the same commit";
  Commit("echo theirs > site.yaml");
  EXPECT_SOURCE_FAILURE(head_source.Merge(Fetch(base_source), head), SourceReason::kConflict,
                        "conflicts in site.yaml");
}

TEST_F(GitSourceTest, FetchesNoOtherBranchAndNoTags) {
  Sh(work(),
     "git tag v1 && git checkout -q --orphan other && git commit -qm other && git push -q origin other v1");
  SourceConfig config = Config();
  config.branch = "main";
  GitSource source = Source(config);
  Fetch(source);
  EXPECT_EQ(Sh(mirror(), "git for-each-ref --format='%(refname)'"), "refs/heads/main");
}

/// What stat says of every file and folder below, so that any write shows.
std::map<std::string, std::pair<uint64_t, int64_t>> Snapshot(const fs::path& dir) {
  std::map<std::string, std::pair<uint64_t, int64_t>> all;
  const auto add = [&all](const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(lstat(path.c_str(), &status), 0);
    all[path] = {status.st_ino, status.st_ctim.tv_sec * 1'000'000'000 + status.st_ctim.tv_nsec};
  };
  add(dir);
  for (const auto& entry : fs::recursive_directory_iterator(dir)) add(entry.path());
  return all;
}

TEST_F(GitSourceTest, WritesNothingWhenNothingChanged) {
  GitSource source = Source();
  const Revision revision = Fetch(source);
  const auto before = Snapshot(mirror());
  EXPECT_EQ(Fetch(source).commit, revision.commit);
  GitSource restarted = Source();
  EXPECT_EQ(Fetch(restarted).commit, revision.commit);
  EXPECT_EQ(ReadAll(restarted, revision).size(), 2u);
  EXPECT_EQ(Snapshot(mirror()), before);
}

TEST_F(GitSourceTest, FollowsRewrittenHistoryAndSaysSo) {
  const std::string second = Commit("echo 2 > two.yaml");
  GitSource source = Source();
  Fetch(source);
  const std::string amended = Commit("git reset -q --hard HEAD~1; echo 3 > three.yaml");
  const Revision revision = Fetch(source);
  EXPECT_EQ(revision.commit, amended);
  EXPECT_EQ(source.CompareWith(revision, second), Ancestry::kRewritten);
  EXPECT_EQ(source.CompareWith(revision, first_), Ancestry::kDescendant);
  Sh(work(), "git reset -q --hard " + first_ + " && git push -q -f origin main");
  const Revision reset = Fetch(source);
  EXPECT_EQ(reset.commit, first_);
  EXPECT_EQ(source.CompareWith(reset, amended), Ancestry::kRewritten);
  EXPECT_EQ(ReadAll(source, reset).size(), 2u);
}

TEST_F(GitSourceTest, FollowsATagThatWasMoved) {
  Sh(work(), "git tag release && git push -q origin release");
  SourceConfig config = Config();
  config.tag = "release";
  GitSource source = Source(config);
  Fetch(source);
  const std::string second = Commit("echo 2 > two.yaml");
  Sh(work(), "git tag -f release && git push -q -f origin release");
  EXPECT_EQ(Fetch(source).commit, second);
}

TEST_F(GitSourceTest, ReadsTheConfiguredFolderOnly) {
  SourceConfig config = Config();
  for (const char* path : {"nodes", "./nodes/", "/nodes", "nodes/."}) {
    config.path = path;
    GitSource source = Source(config);
    EXPECT_EQ(ReadAll(source, Fetch(source)), Lines{"a.yaml=a"}) << path;
  }
  for (const char* path : {"missing", "site.yaml", "nodes/../nodes", "..", "nodes/a.yaml/x"}) {
    config.path = path;
    GitSource source = Source(config);
    EXPECT_SOURCE_FAILURE(source.ReadTree(Fetch(source)), SourceReason::kPathNotFound, "source.path");
  }
}

TEST_F(GitSourceTest, TellsAnEmptyRepositoryAndABranchThatIsGone) {
  Sh(dir_.path(), "git init -q --bare -b main empty.git");
  GitSource empty = Source(Config(dir_ / "empty.git"));
  EXPECT_SOURCE_FAILURE(empty.Fetch(), SourceReason::kEmptyRepository, "push a first commit");
  SourceConfig config = Config();
  config.branch = "main";
  GitSource source = Source(config);
  const Revision revision = Fetch(source);
  Sh(remote(), "git branch -m main renamed");
  EXPECT_SOURCE_FAILURE(source.Fetch(), SourceReason::kReferenceNotFound, "refs/heads/main");
  EXPECT_EQ(ReadAll(source, revision).size(), 2u) << "what was fetched is still there";
  config.branch.clear();
  config.tag = "v9";
  GitSource tagged = Source(config);
  EXPECT_SOURCE_FAILURE(tagged.Fetch(), SourceReason::kReferenceNotFound, "refs/tags/v9");
  config.tag.clear();
  config.commit = std::string(40, 'e');
  GitSource committed = Source(config);
  EXPECT_SOURCE_FAILURE(committed.Fetch(), SourceReason::kReferenceNotFound, "source.commit");
}

TEST_F(GitSourceTest, TellsARepositoryThatIsNotThere) {
  fs::create_directory(dir_ / "folder");
  for (const std::string& url : {std::string(dir_ / "nothing"), std::string(dir_ / "folder")}) {
    GitSource source = Source(Config(url));
    EXPECT_SOURCE_FAILURE(source.Fetch(), SourceReason::kUnreachable, "check source.url");
    EXPECT_FALSE(fs::exists(mirror() + ".damaged")) << "nothing is wrong with the mirror";
  }
  for (const char* url : {"", "ftp://example.org/x", "ssh://-oProxyCommand=x/y", "http:///x", "-oProxy:x"}) {
    SourceConfig config = Config();
    config.url = url;
    GitSource source = Source(config);
    EXPECT_SOURCE_FAILURE(source.Fetch(), SourceReason::kUrlInvalid, "source.url");
  }
}

TEST_F(GitSourceTest, ReportsLinksAndSubmodulesAsWhatTheyAre) {
  Commit("ln -s /etc/passwd link.yaml; mkdir sub; git update-index --add --cacheinfo 160000," + first_ +
         ",sub; "
         "git commit -qm sub");
  GitSource source = Source();
  const Revision revision = Fetch(source);
  EXPECT_EQ(ReadAll(source, revision),
            (Lines{"link.yaml->symlink", "nodes/a.yaml=a", "site.yaml=site", "sub->submodule"}));
  const auto tree = source.ReadTree(revision);
  const auto text = (*tree)->Read(testing::EntryOf(**tree, "link.yaml"), 1000);
  EXPECT_EQ(text.value_or(""), "/etc/passwd") << "the link's own text, never what it points at";
}

TEST_F(GitSourceTest, RefusesABigBlobFromItsHeader) {
  Commit("head -c 67108864 /dev/zero > big.bin");
  GitSource source = Source();
  const auto tree = source.ReadTree(Fetch(source));
  ASSERT_TRUE(tree);
  const auto start = std::chrono::steady_clock::now();
  const auto bytes = (*tree)->Read(testing::EntryOf(**tree, "big.bin"), 1U << 20U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1)) << "it must not be read";
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().reaction, Reaction::kFixInput);
  EXPECT_NE(bytes.error().message.find("67108864"), std::string::npos) << bytes.error().message;
}

TEST_F(GitSourceTest, ListsAHundredThousandFilesQuickly) {
  std::ofstream import(dir_ / "import");
  import << "blob\nmark :1\ndata 2\nx\n\ncommit refs/heads/main\nmark :2\ncommitter A <a@example.org> "
            "1700000000 +0000\n"
            "data 4\nmany\n";
  for (int i = 0; i < 100'000; ++i) import << "M 644 :1 d" << i / 1000 << "/f" << i << ".txt\n";
  import.close();
  Sh(remote(), "git fast-import --quiet --force < ../import");
  GitSource source = Source();
  const Revision revision = Fetch(source);
  const auto start = std::chrono::steady_clock::now();
  const auto tree = source.ReadTree(revision);
  ASSERT_TRUE(tree) << tree.error().error.message;
  EXPECT_EQ((*tree)->entries().size(), 100'000u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_TRUE(std::is_sorted((*tree)->entries().begin(), (*tree)->entries().end(),
                             [](const auto& a, const auto& b) { return a.path < b.path; }));
  EXPECT_EQ((*tree)->Read(testing::EntryOf(**tree, "d99/f99999.txt"), 10).value_or(""), "x\n");
}

/// A tree that holds itself ten times, ten levels deep, is a few hundred bytes in the repository and 10^10
/// files for whoever walks it; without files at its leaves it has folders only.
TEST_F(GitSourceTest, RefusesATreeThatUnfoldsWithoutEnd) {
  for (const bool with_file : {true, false}) {
    std::string tree =
        with_file ? Sh(work(), "printf '100644 blob %s\\tf\\n' $(git rev-parse HEAD:site.yaml) | git mktree")
                  : Sh(work(), "git mktree < /dev/null");
    for (int level = 0; level < 10; ++level) {
      tree = Sh(work(), "for i in 0 1 2 3 4 5 6 7 8 9; do printf '040000 tree " + tree +
                            "\\td%s\\n' $i; done | git mktree");
    }
    Sh(work(), "git push -q -f origin $(git commit-tree -m bomb " + tree + "):refs/heads/main");
    GitSource source = Source();
    const Revision revision = Fetch(source);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_SOURCE_FAILURE(source.ReadTree(revision), SourceReason::kTreeTooLarge, "source.path");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  }
}

TEST_F(GitSourceTest, RefusesATreeThatIsTooDeep) {
  std::ofstream import(dir_ / "import");
  import << "blob\nmark :1\ndata 2\nx\n\ncommit refs/heads/main\ncommitter A <a@example.org> 1700000000 "
            "+0000\ndata 4\ndeep\n"
         << "M 644 :1 ";
  for (int i = 0; i < 2'000; ++i) import << "d/";
  import << "f\n";
  import.close();
  Sh(remote(), "git fast-import --quiet --force < ../import");
  GitSource source = Source();
  EXPECT_SOURCE_FAILURE(source.ReadTree(Fetch(source)), SourceReason::kTreeTooLarge, "deep");
}

TEST_F(GitSourceTest, RefusesNamesThatNoCheckoutWouldAllow) {
  const std::string blob = Sh(work(), "git rev-parse HEAD:site.yaml");
  for (const std::string& name :
       {std::string(".."), std::string("."), std::string(".git"), std::string("a\\b"), std::string("a\nb"),
        std::string("\377x"), std::string("x/../y")}) {
    std::string object = "100644 " + name + '\0';
    for (size_t i = 0; i < blob.size(); i += 2) {
      object += static_cast<char>(std::stoi(blob.substr(i, 2), nullptr, 16));
    }
    std::ofstream(dir_ / "tree", std::ios::binary) << object;
    const std::string tree = Sh(remote(), "git hash-object -t tree --literally -w ../tree");
    Sh(remote(), "git update-ref refs/heads/main $(git commit-tree -m x " + tree + ")");
    GitSource source = Source();
    const auto revision = source.Fetch();
    if (!revision) continue;  // refused when it was fetched already
    EXPECT_SOURCE_FAILURE(source.ReadTree(*revision), SourceReason::kPathNotFound, "name");
  }
}

}  // namespace
}  // namespace slipway
