#include "reconciler/publish/staged_tree.h"

#include <unistd.h>

#include <cerrno>

#include "reconciler/publish/file_util.h"
#include "reconciler/publish/layout.h"

namespace slipway {
namespace {

/// From here on one syncfs is faster than single fsyncs: 20,000 files took 4.9 s one by one and 0.65 s at
/// once. Below, syncfs would wait for everything else that the machine is writing.
constexpr size_t kFewFiles = 64;

bool LinkImpossible(Errno error) {
  return error.code == EMLINK || error.code == EXDEV || error.code == EPERM || error.code == EOPNOTSUPP;
}

}  // namespace

StagedTree::StagedTree(const StateDir& state, DigestCache& cache, std::string name, Fd dir)
    : state_(state),
      cache_(cache),
      name_(std::move(name)),
      dir_(std::move(dir)),
      cursor_(*state.ops, dir_.get(), DirCursor::Missing::kMake) {}

Result<std::unique_ptr<StagedTree>> StagedTree::Begin(const StateDir& state, DigestCache& cache) {
  FileOps& ops = *state.ops;
  const std::string doing = "making a folder in " + state.path + "/" + std::string(kStagingName);
  // The lock on the state directory makes us the only writer: a name in use is a leftover that could not be
  // removed.
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const std::string name = "tree-" + std::to_string(getpid()) + "-" + std::to_string(attempt);
    const auto made = ops.MakeDir(state.staging.get(), name);
    if (!made && made.error().code == EEXIST) continue;
    if (!made) return IoError(doing, made.error());
    auto dir = ops.OpenDir(state.staging.get(), name);
    if (!dir) {
      (void)ops.RemoveDir(state.staging.get(), name);
      return IoError(doing, dir.error());
    }
    return std::unique_ptr<StagedTree>(new StagedTree(state, cache, name, std::move(*dir)));
  }
  return Retry(doing + ": a thousand leftovers are in the way; remove them by hand");
}

StagedTree::~StagedTree() {
  if (!name_.empty()) (void)RemoveTree(*state_.ops, state_.staging.get(), name_);
}

std::string StagedTree::Doing(std::string_view verb, const std::string& path) const {
  return std::string(verb) + " " + path + " in " + state_.path + "/" + std::string(kStagingName) + "/" +
         name_;
}

/// The folder that is about to gain or lose the entry of `path`.
IoResult<int> StagedTree::Enter(const std::string& path) {
  const std::string_view folder = FolderOf(path);
  const auto dir = cursor_.At(folder);
  if (!dir) return dir;
  for (; made_seen_ < cursor_.made().size(); ++made_seen_) {
    const std::string& made = cursor_.made()[made_seen_];
    dirty_.insert(made);
    dirty_.insert(std::string(FolderOf(made)));
  }
  if (!dirty_.contains(folder)) dirty_.insert(std::string(folder));
  return dir;
}

Result<void> StagedTree::Write(const std::string& path, std::string_view bytes, const Sha256& digest) {
  const auto folder = Enter(path);
  if (!folder) return IoError(Doing("making the folder of", path), folder.error());
  const auto status = WriteNew(*state_.ops, *folder, std::string(BaseNameOf(path)), bytes);
  if (!status) return IoError(Doing("writing", path), status.error());
  cache_.Learn(*status, digest);
  if (++written_count_ <= kFewFiles) written_.push_back(path);
  return {};
}

Result<StagedTree::How> StagedTree::Link(int from_dir, const std::string& from, const std::string& path,
                                         const Sha256& digest) {
  FileOps& ops = *state_.ops;
  const auto folder = Enter(path);
  if (!folder) return IoError(Doing("making the folder of", path), folder.error());
  const std::string name(BaseNameOf(path));
  const auto linked = ops.Link(from_dir, from, *folder, name);
  if (linked) return How::kLinked;
  if (!LinkImpossible(linked.error())) return IoError(Doing("linking", path), linked.error());
  const auto copied = CopyFile(ops, from_dir, from, *folder, name);
  if (!copied) return IoError(Doing("copying", path), copied.error());
  if (copied->digest != digest) return Retry(Doing("copying", path) + ": the source changed meanwhile");
  cache_.Learn(copied->status, digest);
  if (++written_count_ <= kFewFiles) written_.push_back(path);
  return How::kCopied;
}

Result<StagedTree::How> StagedTree::LinkOwn(const std::string& from, const std::string& path,
                                            const Sha256& digest) {
  return Link(dir_.get(), from, path, digest);
}

Result<void> StagedTree::Remove(const std::string& path) {
  const auto folder = Enter(path);
  if (!folder) return IoError(Doing("opening the folder of", path), folder.error());
  const auto removed = state_.ops->Unlink(*folder, std::string(BaseNameOf(path)));
  if (!removed) return IoError(Doing("removing", path), removed.error());
  return {};
}

Result<void> StagedTree::RemoveEmptyFolder(const std::string& folder) {
  for (std::string at = folder; !at.empty(); at = std::string(FolderOf(at))) {
    const auto removed = state_.ops->RemoveDir(dir_.get(), at);
    if (!removed && (removed.error().code == ENOTEMPTY || removed.error().code == EEXIST)) return {};
    if (!removed) return IoError(Doing("removing the folder", at), removed.error());
    dirty_.erase(at);
    dirty_.insert(std::string(FolderOf(at)));
  }
  return {};
}

IoResult<void> StagedTree::SyncFile(const std::string& path) {
  const auto file = state_.ops->OpenRead(dir_.get(), path);
  if (!file) return tl::make_unexpected(file.error());
  return state_.ops->Sync(file->get());
}

IoResult<void> StagedTree::SyncFolder(const std::string& folder) {
  const auto dir = state_.ops->OpenDir(dir_.get(), folder);
  if (!dir) return tl::make_unexpected(dir.error());
  return state_.ops->Sync(dir->get());
}

IoResult<void> StagedTree::SyncEach() {
  for (const std::string& path : written_) {
    if (const auto synced = SyncFile(path); !synced) return synced;
  }
  for (const std::string& folder : dirty_) {
    if (folder.empty()) continue;
    if (const auto synced = SyncFolder(folder); !synced) return synced;
  }
  return state_.ops->Sync(dir_.get());
}

Result<void> StagedTree::MakeDurable() {
  const std::string doing =
      "making " + state_.path + "/" + std::string(kStagingName) + "/" + name_ + " durable";
  const auto synced =
      written_count_ + dirty_.size() > kFewFiles ? state_.ops->SyncFilesystem(dir_.get()) : SyncEach();
  if (!synced) return IoError(doing, synced.error());
  written_.clear();
  written_count_ = 0;
  dirty_.clear();
  return {};
}

}  // namespace slipway
