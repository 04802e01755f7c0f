#include "reconciler/source/merge.h"

#include <vector>

namespace slipway {
namespace {

using Index = std::unique_ptr<git_index, git::Deleter<git_index_free>>;
using Signature = std::unique_ptr<git_signature, git::Deleter<git_signature_free>>;
using Conflicts =
    std::unique_ptr<git_index_conflict_iterator, git::Deleter<git_index_conflict_iterator_free>>;

SourceResult<git::Commit> Find(git_repository* repository, const std::string& commit) {
  git_oid oid;
  git_commit* found = nullptr;
  int code = git_oid_fromstr(&oid, commit.c_str());
  if (code == 0) code = git_commit_lookup(&found, repository, &oid);
  if (code != 0) return LastGitError(code, "reading commit " + commit.substr(0, 12));
  return git::Commit(found);
}

std::string ConflictingFiles(git_index* index) {
  constexpr int kShown = 5;
  git_index_conflict_iterator* iterator = nullptr;
  if (git_index_conflict_iterator_new(&iterator, index) != 0) return {};
  const Conflicts owner(iterator);
  std::string names;
  const git_index_entry* sides[3] = {nullptr, nullptr, nullptr};
  for (int i = 0; git_index_conflict_next(&sides[0], &sides[1], &sides[2], iterator) == 0; ++i) {
    if (i == kShown) return names + ", …";
    for (const git_index_entry* side : sides) {
      if (side == nullptr) continue;
      names += (names.empty() ? "" : ", ") + std::string(side->path);
      break;
    }
  }
  return names;
}

/// The same author and time each time: the same merge is the same commit.
SourceResult<std::string> Commit(git_repository* repository, const git_oid& tree_oid, const git::Commit& ours,
                                 const git::Commit& theirs) {
  git_tree* tree = nullptr;
  int code = git_tree_lookup(&tree, repository, &tree_oid);
  const git::Tree tree_owner(tree);
  git_signature* author = nullptr;
  if (code == 0) code = git_signature_new(&author, "Slipway", "slipway@localhost", 0, 0);
  const Signature author_owner(author);
  const git_commit* parents[2] = {ours.get(), theirs.get()};
  git_oid made;
  if (code == 0) {
    code = git_commit_create(&made, repository, nullptr, author, author, nullptr, "What a merge would be",
                             tree, 2, parents);
  }
  if (code != 0) return LastGitError(code, "writing the merge");
  return std::string(git_oid_tostr_s(&made));
}

}  // namespace

SourceResult<std::string> MergeCommits(git_repository* repository, const std::string& ours,
                                       const std::string& theirs) {
  const auto our_commit = Find(repository, ours);
  if (!our_commit) return tl::make_unexpected(our_commit.error());
  const auto their_commit = Find(repository, theirs);
  if (!their_commit) return tl::make_unexpected(their_commit.error());
  git_merge_options options = GIT_MERGE_OPTIONS_INIT;
  options.flags = 0;  // no search for renames: its cost grows with the square of the files
  git_index* index = nullptr;
  int code = git_merge_commits(&index, repository, our_commit->get(), their_commit->get(), &options);
  const Index owner(index);
  if (code != 0) return LastGitError(code, "merging " + theirs.substr(0, 12) + " onto " + ours.substr(0, 12));
  if (git_index_has_conflicts(index) != 0)
    return SourceFailure(SourceReason::kConflict, Reaction::kFixInput,
                         "conflicts in " + ConflictingFiles(index));
  git_oid tree;
  code = git_index_write_tree_to(&tree, index, repository);
  if (code != 0) return LastGitError(code, "writing the merge");
  return Commit(repository, tree, *our_commit, *their_commit);
}

}  // namespace slipway
