#include "reconciler/source/git_changes.h"

#include <algorithm>

#include "reconciler/source/git_history.h"

namespace slipway {
namespace {

constexpr size_t kMostWalked = 2'000;  ///< commits
constexpr size_t kMostCommits = 64;    ///< that are told of
constexpr size_t kMostFiles = 200;     ///< of one commit
constexpr int kStop = GIT_EUSER;

struct Collector {
  std::string prefix;  ///< "clusters/" or ""
  std::vector<std::string> files;
};

int Collect(const git_diff_delta* delta, float /*progress*/, void* payload) {
  auto* collector = static_cast<Collector*>(payload);
  const std::string path = delta->new_file.path;
  if (!path.starts_with(collector->prefix)) return 0;
  collector->files.push_back(path.substr(collector->prefix.size()));
  return collector->files.size() > kMostFiles ? kStop : 0;
}

/// The tree of a commit's first parent; empty where it has none.
int ParentTree(git_commit* commit, git::Tree& tree) {
  if (git_commit_parentcount(commit) == 0) return 0;
  git_commit* parent = nullptr;
  if (const int code = git_commit_parent(&parent, commit, 0); code != 0) return code;
  const git::Commit owner(parent);
  git_tree* found = nullptr;
  const int code = git_commit_tree(&found, parent);
  tree.reset(found);
  return code;
}

SourceResult<CommitChanges> ChangesOf(git_repository* repository, const std::string& hash,
                                      const std::string& prefix) {
  const std::string doing = "comparing commit " + hash + " with its parent";
  auto revision = DescribeCommit(repository, hash, "");
  if (!revision) return tl::make_unexpected(revision.error());
  git_oid oid;
  git_commit* commit = nullptr;
  int code = git_oid_fromstr(&oid, hash.c_str());
  if (code == 0) code = git_commit_lookup(&commit, repository, &oid);
  const git::Commit owner(commit);
  git::Tree before;
  git_tree* after = nullptr;
  if (code == 0) code = ParentTree(commit, before);
  if (code == 0) code = git_commit_tree(&after, commit);
  const git::Tree after_owner(after);
  git_diff* diff = nullptr;
  if (code == 0) code = git_diff_tree_to_tree(&diff, repository, before.get(), after, nullptr);
  const git::Diff diff_owner(diff);
  Collector collector{prefix, {}};
  if (code == 0) code = git_diff_foreach(diff, Collect, nullptr, nullptr, nullptr, &collector);
  if (code != 0 && code != kStop) return LastGitError(code, doing);
  const bool all = code == kStop;
  if (all) collector.files.clear();
  return CommitChanges{std::move(*revision), std::move(collector.files), all};
}

}  // namespace

SourceResult<std::vector<CommitChanges>> ListChangesSince(git_repository* repository,
                                                          const std::string& newer, const std::string& older,
                                                          const std::string& path) {
  auto line = ListFirstParents(repository, newer, older, kMostWalked);
  if (!line) return tl::make_unexpected(line.error());
  std::reverse(line->begin(), line->end());
  std::vector<CommitChanges> changes;
  for (const std::string& hash : *line) {
    if (changes.size() == kMostCommits) break;
    auto of_one = ChangesOf(repository, hash, path.empty() || path == "." ? "" : path + "/");
    if (!of_one) return tl::make_unexpected(of_one.error());
    if (of_one->all_files || !of_one->files.empty()) changes.push_back(std::move(*of_one));
  }
  return changes;
}

}  // namespace slipway
