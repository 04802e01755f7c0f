#include "reconciler/source/git_history.h"

#include <algorithm>
#include <unordered_set>

namespace slipway {
namespace {

constexpr size_t kMostObjectBytes = 1U << 20U;

std::string HexOf(const git_oid& oid) {
  std::string hex(GIT_OID_HEXSZ, '0');
  git_oid_fmt(hex.data(), &oid);
  return hex;
}

tl::unexpected<SourceError> TooMany(size_t most) {
  return SourceFailure(SourceReason::kTreeTooLarge, Reaction::kFixInput,
                       "there are more than " + std::to_string(most) +
                           " commits since the served one, too many to be looked at one by one");
}

/// Everything that `newer` reaches and `older` does not.
SourceResult<std::unordered_set<std::string>> ListNew(git_repository* repository, const git_oid& newer,
                                                      const std::string& older, size_t most) {
  const std::string doing = "listing the commits since " + older.substr(0, 12);
  git_revwalk* walk = nullptr;
  int code = git_revwalk_new(&walk, repository);
  const git::RevWalk owner(walk);
  if (code == 0) code = git_revwalk_push(walk, &newer);
  if (code == 0 && !older.empty()) {
    git_oid hidden;
    code = git_oid_fromstr(&hidden, older.c_str());
    if (code == 0) code = git_revwalk_hide(walk, &hidden);
  }
  std::unordered_set<std::string> found;
  git_oid oid;
  while (code == 0 && (code = git_revwalk_next(&oid, walk)) == 0) {
    if (found.size() >= most) return TooMany(most);
    found.insert(HexOf(oid));
  }
  if (code != GIT_ITEROVER) return LastGitError(code, doing);
  return found;
}

}  // namespace

SourceResult<std::vector<std::string>> ListFirstParents(git_repository* repository, const std::string& newer,
                                                        const std::string& older, size_t most) {
  git_oid oid;
  if (const int code = git_oid_fromstr(&oid, newer.c_str()); code != 0) {
    return LastGitError(code, "reading the hash " + newer.substr(0, 40));
  }
  const auto fresh = ListNew(repository, oid, older, most * 100);
  if (!fresh) return tl::make_unexpected(fresh.error());
  std::vector<std::string> line;
  while (fresh->contains(HexOf(oid))) {
    if (line.size() >= most) return TooMany(most);
    line.push_back(HexOf(oid));
    git_commit* commit = nullptr;
    if (const int code = git_commit_lookup(&commit, repository, &oid); code != 0) {
      return LastGitError(code, "reading commit " + line.back());
    }
    const git::Commit owner(commit);
    if (git_commit_parentcount(commit) == 0) break;
    oid = *git_commit_parent_id(commit, 0);
  }
  std::reverse(line.begin(), line.end());
  return line;
}

Ancestry CompareCommits(git_repository* repository, const std::string& newer, const std::string& older) {
  git_oid new_oid;
  git_oid old_oid;
  if (git_oid_fromstr(&new_oid, newer.c_str()) != 0 || git_oid_fromstr(&old_oid, older.c_str()) != 0 ||
      !HasObject(repository, older)) {
    return Ancestry::kUnknown;
  }
  if (git_oid_equal(&new_oid, &old_oid) != 0) return Ancestry::kDescendant;
  const int result = git_graph_descendant_of(repository, &new_oid, &old_oid);
  if (result < 0) return Ancestry::kUnknown;
  return result == 1 ? Ancestry::kDescendant : Ancestry::kRewritten;
}

SourceResult<Revision> DescribeCommit(git_repository* repository, const std::string& commit,
                                      const std::string& label) {
  git_oid oid;
  git_commit* found = nullptr;
  int code = git_oid_fromstr(&oid, commit.c_str());
  if (code == 0) code = git_commit_lookup(&found, repository, &oid);
  if (code != 0) return LastGitError(code, "reading commit " + commit);
  const git::Commit holder(found);
  Revision revision;
  revision.commit = commit;
  revision.name = (label.empty() ? "" : label + "@") + "sha1:" + commit;
  const git_signature* author = git_commit_author(found);
  if (author != nullptr) revision.author = std::string(author->name) + " <" + author->email + ">";
  const char* summary = git_commit_summary(found);
  revision.subject = summary == nullptr ? "" : summary;
  const char* message = git_commit_message(found);
  revision.message = std::string(message == nullptr ? "" : message).substr(0, 16U << 10U);
  revision.committed_at = git_commit_time(found);
  return revision;
}

bool HasObject(git_repository* repository, const std::string& hash) {
  git_oid oid;
  git_odb* odb = nullptr;
  if (git_oid_fromstr(&oid, hash.c_str()) != 0 || git_repository_odb(&odb, repository) != 0) return false;
  const git::Odb owner(odb);
  return git_odb_exists(odb, &oid) == 1;
}

SourceResult<std::string> ReadObject(git_repository* repository, const std::string& hash) {
  const std::string doing = "reading the object " + hash.substr(0, 40);
  git_oid oid;
  git_odb* odb = nullptr;
  int code = git_oid_fromstr(&oid, hash.c_str());
  if (code == 0) code = git_repository_odb(&odb, repository);
  const git::Odb odb_owner(odb);
  size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (code == 0) code = git_odb_read_header(&size, &type, odb, &oid);
  if (code != 0) return LastGitError(code, doing);
  if ((type != GIT_OBJECT_COMMIT && type != GIT_OBJECT_TAG) || size > kMostObjectBytes) {
    return SourceFailure(SourceReason::kTreeTooLarge, Reaction::kFixInput,
                         doing + ": it is no commit or tag of at most 1 MiB");
  }
  git_odb_object* object = nullptr;
  code = git_odb_read(&object, odb, &oid);
  if (code != 0) return LastGitError(code, doing);
  std::string bytes(static_cast<const char*>(git_odb_object_data(object)), git_odb_object_size(object));
  git_odb_object_free(object);
  return bytes;
}

void PointAt(git_repository* repository, const char* reference, const std::string& commit) {
  git_oid wanted;
  git_oid present;
  if (git_oid_fromstr(&wanted, commit.c_str()) != 0) return;
  if (git_reference_name_to_id(&present, repository, reference) == 0 && git_oid_equal(&wanted, &present) != 0)
    return;
  git_reference* made = nullptr;
  (void)git_reference_create(&made, repository, reference, &wanted, 1, nullptr);
  git_reference_free(made);
}

}  // namespace slipway
