#include "reconciler/source/git_tree.h"

#include <algorithm>
#include <optional>

#include "schema/fleet/utf8.h"

namespace slipway {
namespace {

SourceResult<std::string> ReadBlob(git_repository* repository, const SourceTree::Entry& entry,
                                   uint64_t max_bytes) {
  const std::string doing = "reading " + entry.path;
  git_oid oid;
  git_odb* odb = nullptr;
  int code = git_oid_fromstr(&oid, entry.content_id.c_str());
  if (code == 0) code = git_repository_odb(&odb, repository);
  const git::Odb odb_owner(odb);
  size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (code == 0) code = git_odb_read_header(&size, &type, odb, &oid);
  if (code != 0) return LastGitError(code, doing);
  if (size > max_bytes) {
    return SourceFailure(SourceReason::kTreeTooLarge, Reaction::kFixInput,
                         doing + ": it has " + std::to_string(size) + " bytes, more than the limit of " +
                             std::to_string(max_bytes));
  }
  git_blob* blob = nullptr;
  code = git_blob_lookup(&blob, repository, &oid);
  if (code != 0) return LastGitError(code, doing);
  const git::Blob owner(blob);
  return std::string(static_cast<const char*>(git_blob_rawcontent(blob)),
                     static_cast<size_t>(git_blob_rawsize(blob)));
}

class GitTree : public SourceTree {
 public:
  GitTree(MirrorAccess mirror, std::vector<Entry> entries)
      : mirror_(std::move(mirror)), entries_(std::move(entries)) {}

  const std::vector<Entry>& entries() const override { return entries_; }

  Result<std::string> Read(const Entry& entry, uint64_t max_bytes) const override {
    auto repository = mirror_.open();
    auto bytes =
        repository ? ReadBlob(*repository, entry, max_bytes) : tl::make_unexpected(repository.error());
    if (!bytes && bytes.error().reason == SourceReason::kDamaged && repairs_left_ > 0) {
      --repairs_left_;
      repository = mirror_.clone_again();
      bytes = repository ? ReadBlob(*repository, entry, max_bytes) : tl::make_unexpected(repository.error());
    }
    if (!bytes) return tl::make_unexpected(bytes.error().error);
    return std::move(*bytes);
  }

 private:
  MirrorAccess mirror_;
  std::vector<Entry> entries_;
  mutable int repairs_left_ = 1;  ///< a thousand bad blobs must not be a thousand clones
};

struct Walk {
  std::vector<SourceTree::Entry> entries;
  size_t seen = 0;  ///< folders too
  std::optional<SourceError> refused;
};

/// What a checkout would refuse, and what could not be shown: it comes from no honest work tree.
bool IsHonestName(std::string_view name) {
  if (name.empty() || name == "." || name == ".." || name == ".git") return false;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || c == '/' || c == '\\') return false;
  }
  return FindInvalidUtf8(name) == std::string_view::npos;
}

int Refuse(Walk* walk, SourceReason reason, std::string why) {
  walk->refused = SourceError{reason, {Reaction::kFixInput, std::move(why)}};
  return -1;
}

int OnEntry(const char* root, const git_tree_entry* entry, void* payload) {
  auto* walk = static_cast<Walk*>(payload);
  const std::string_view folder(root);
  const std::string_view name(git_tree_entry_name(entry));
  if (++walk->seen > kMostTreeEntries) {
    return Refuse(walk, SourceReason::kTreeTooLarge,
                  "it has more than " + std::to_string(kMostTreeEntries) +
                      " files; point source.path at the folder that holds the fleet");
  }
  if (static_cast<size_t>(std::count(folder.begin(), folder.end(), '/')) > kMostTreeLevels ||
      folder.size() + name.size() > kLongestTreePath) {
    return Refuse(walk, SourceReason::kTreeTooLarge,
                  "its folders are too deep at " + ForDisplay(folder, 100) + "; at most " +
                      std::to_string(kMostTreeLevels) + " levels are read");
  }
  if (!IsHonestName(name)) {
    return Refuse(walk, SourceReason::kPathNotFound,
                  "the name " + ForDisplay(std::string(folder) + std::string(name)) +
                      " cannot be used in a repository; remove the file");
  }
  const git_filemode_t mode = git_tree_entry_filemode(entry);
  if (mode == GIT_FILEMODE_TREE) return 0;
  SourceTree::Entry& added = walk->entries.emplace_back();
  added.path = std::string(folder) + std::string(name);
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
  int code = git_tree_entry_bypath(&entry, root.get(), folder.c_str());
  const git::TreeEntry holder(entry);
  if (code == GIT_ENOTFOUND || (code == 0 && git_tree_entry_type(entry) != GIT_OBJECT_TREE)) {
    return SourceFailure(
        SourceReason::kPathNotFound, Reaction::kFixInput,
        "the revision has no folder `" + ForDisplay(folder) + "`; correct source.path, or add the folder");
  }
  if (code == 0) code = git_tree_lookup(&tree, repository, git_tree_entry_id(entry));
  if (code != 0) return LastGitError(code, "reading the folder " + ForDisplay(folder));
  return git::Tree(tree);
}

SourceResult<std::vector<SourceTree::Entry>> ListTree(git_repository* repository, const std::string& commit,
                                                      const std::string& path) {
  const std::string doing = "reading revision " + commit.substr(0, 12);
  git_oid oid;
  git_commit* found = nullptr;
  int code = git_oid_fromstr(&oid, commit.c_str());
  if (code == 0) code = git_commit_lookup(&found, repository, &oid);
  const git::Commit holder(found);
  git_tree* root = nullptr;
  if (code == 0) code = git_commit_tree(&root, found);
  if (code != 0) return LastGitError(code, doing);
  auto folder = FolderOf(repository, git::Tree(root), path);
  if (!folder) return tl::make_unexpected(folder.error());
  Walk walk;
  code = git_tree_walk(folder->get(), GIT_TREEWALK_PRE, OnEntry, &walk);
  if (walk.refused) {
    walk.refused->error.message.insert(0, doing + ": ");
    return tl::make_unexpected(std::move(*walk.refused));
  }
  if (code != 0) return LastGitError(code, doing);
  std::sort(walk.entries.begin(), walk.entries.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return std::move(walk.entries);
}

}  // namespace

SourceResult<std::unique_ptr<SourceTree>> ReadGitTree(const MirrorAccess& mirror, const std::string& commit,
                                                      const std::string& path) {
  auto repository = mirror.open();
  if (!repository && repository.error().reason != SourceReason::kDamaged) {
    return tl::make_unexpected(repository.error());
  }
  auto entries = repository ? ListTree(*repository, commit, path) : tl::make_unexpected(repository.error());
  if (!entries && entries.error().reason == SourceReason::kDamaged) {
    repository = mirror.clone_again();
    if (!repository) return tl::make_unexpected(repository.error());
    entries = ListTree(*repository, commit, path);
  }
  if (!entries) return tl::make_unexpected(entries.error());
  return std::make_unique<GitTree>(mirror, std::move(*entries));
}

}  // namespace slipway
