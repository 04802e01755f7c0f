#include "reconciler/source/git_tree.h"

#include <algorithm>

namespace slipway {
namespace {

class GitTree : public SourceTree {
 public:
  GitTree(git_repository* repository, std::vector<Entry> entries)
      : repository_(repository), entries_(std::move(entries)) {}

  const std::vector<Entry>& entries() const override { return entries_; }

  Result<std::string> Read(const Entry& entry, uint64_t max_bytes) const override {
    git_oid oid;
    git_odb* odb = nullptr;
    if (git_oid_fromstr(&oid, entry.content_id.c_str()) != 0 || git_repository_odb(&odb, repository_) != 0) {
      return Retry("reading " + entry.path + ": the object database cannot be opened");
    }
    const git::Odb holder(odb);
    size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (const int code = git_odb_read_header(&size, &type, odb, &oid); code != 0) {
      return Retry(LastGitError(code, "reading " + entry.path).value().error.message);
    }
    if (size > max_bytes) {
      return FixInput("reading " + entry.path + ": it has " + std::to_string(size) +
                      " bytes, more than the limit of " + std::to_string(max_bytes));
    }
    git_blob* blob = nullptr;
    if (const int code = git_blob_lookup(&blob, repository_, &oid); code != 0) {
      return Retry(LastGitError(code, "reading " + entry.path).value().error.message);
    }
    const git::Blob owner(blob);
    return std::string(static_cast<const char*>(git_blob_rawcontent(blob)),
                       static_cast<size_t>(git_blob_rawsize(blob)));
  }

 private:
  git_repository* repository_;
  std::vector<Entry> entries_;
};

struct Walk {
  std::vector<SourceTree::Entry> entries;
  bool too_many = false;
};

int OnEntry(const char* root, const git_tree_entry* entry, void* payload) {
  auto* walk = static_cast<Walk*>(payload);
  const git_filemode_t mode = git_tree_entry_filemode(entry);
  if (mode == GIT_FILEMODE_TREE) return 0;
  if (walk->entries.size() >= kMostTreeEntries) {
    walk->too_many = true;
    return -1;
  }
  SourceTree::Entry& added = walk->entries.emplace_back();
  added.path = std::string(root) + git_tree_entry_name(entry);
  added.content_id.resize(GIT_OID_HEXSZ);
  git_oid_fmt(added.content_id.data(), git_tree_entry_id(entry));
  if (mode == GIT_FILEMODE_LINK) added.kind = SourceTree::EntryKind::kSymlink;
  if (mode == GIT_FILEMODE_COMMIT) added.kind = SourceTree::EntryKind::kSubmodule;
  return 0;
}

/// "./clusters//home/" → "clusters/home"; "." → "".
std::string CleanPath(std::string_view path) {
  std::string clean;
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") clean += (clean.empty() ? "" : "/") + std::string(part);
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return clean;
}

SourceResult<git::Tree> FolderOf(git_repository* repository, git::Tree root, const std::string& path) {
  const std::string folder = CleanPath(path);
  if (folder.empty()) return root;
  git_tree_entry* entry = nullptr;
  git_tree* tree = nullptr;
  const int code = git_tree_entry_bypath(&entry, root.get(), folder.c_str());
  const git::TreeEntry holder(entry);
  if (code != 0 || git_tree_entry_type(entry) != GIT_OBJECT_TREE ||
      git_tree_lookup(&tree, repository, git_tree_entry_id(entry)) != 0) {
    return SourceFailure(
        SourceReason::kPathNotFound, Reaction::kFixInput,
        "the revision has no folder `" + folder + "`; correct source.path, or add the folder");
  }
  return git::Tree(tree);
}

}  // namespace

SourceResult<std::unique_ptr<SourceTree>> ReadGitTree(git_repository* repository, const std::string& commit,
                                                      const std::string& path) {
  const std::string doing = "reading revision " + commit.substr(0, 12);
  git_oid oid;
  git_commit* found = nullptr;
  if (git_oid_fromstr(&oid, commit.c_str()) != 0) return LastGitError(-1, doing);
  if (const int code = git_commit_lookup(&found, repository, &oid); code != 0)
    return LastGitError(code, doing);
  const git::Commit holder(found);
  git_tree* root = nullptr;
  if (const int code = git_commit_tree(&root, found); code != 0) return LastGitError(code, doing);
  auto folder = FolderOf(repository, git::Tree(root), path);
  if (!folder) return tl::make_unexpected(folder.error());
  Walk walk;
  const int code = git_tree_walk(folder->get(), GIT_TREEWALK_PRE, OnEntry, &walk);
  if (walk.too_many) {
    return SourceFailure(SourceReason::kTreeTooLarge, Reaction::kFixInput,
                         doing + ": it has more than " + std::to_string(kMostTreeEntries) +
                             " files; point source.path at the folder that holds the fleet");
  }
  if (code != 0) return LastGitError(code, doing);
  std::sort(walk.entries.begin(), walk.entries.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return std::make_unique<GitTree>(repository, std::move(walk.entries));
}

}  // namespace slipway
