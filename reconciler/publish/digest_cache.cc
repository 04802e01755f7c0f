#include "reconciler/publish/digest_cache.h"

#include <cerrno>

#include "reconciler/publish/file_util.h"

namespace slipway {
namespace {

/// Inodes of removed generations stay in the map; past this many it starts over. 200,000 entries are 20 MB.
constexpr size_t kMaxKnown = 200'000;

IoResult<Sha256> HashFile(FileOps& ops, int fd) {
  Sha256Stream hash;
  const auto read = ReadThrough(ops, fd, [&hash](std::string_view bytes) -> IoResult<void> {
    hash.Update(bytes);
    return {};
  });
  if (!read) return tl::make_unexpected(read.error());
  return hash.Finish();
}

/// A file that cannot be read is as bad as a wrong one, and is replaced likewise.
bool IsFilesOwnFault(Errno error) {
  return error.code == EACCES || error.code == EPERM || error.code == ELOOP || error.code == EIO;
}

}  // namespace

void DigestCache::Learn(const FileStat& status, const Sha256& digest) {
  if (known_.size() >= kMaxKnown) known_.clear();
  known_[status.inode] = {status.mtime_ns, status.size, status.device, digest};
}

IoResult<FileState> DigestCache::Check(FileOps& ops, int dir, const std::string& path, const Sha256& digest,
                                       uint64_t size) {
  FileStat status;
  const auto state = Check(ops, dir, path, digest, &status);
  if (state && *state == FileState::kIntact && status.size != size) return FileState::kDamaged;
  return state;
}

IoResult<FileState> DigestCache::Check(FileOps& ops, int dir, const std::string& path, const Sha256& digest,
                                       FileStat* status) {
  const auto found = ops.Stat(dir, path);
  if (!found) {
    if (found.error().code == ENOENT || found.error().code == ENOTDIR) return FileState::kMissing;
    return tl::make_unexpected(found.error());
  }
  *status = *found;
  if (found->type != FileType::kRegular) return FileState::kDamaged;
  const auto known = known_.find(found->inode);
  if (known != known_.end() && known->second.mtime_ns == found->mtime_ns &&
      known->second.size == found->size && known->second.device == found->device) {
    return known->second.digest == digest ? FileState::kIntact : FileState::kDamaged;
  }
  const auto file = ops.OpenRead(dir, path);
  if (!file && IsFilesOwnFault(file.error())) return FileState::kDamaged;
  if (!file) return tl::make_unexpected(file.error());
  // The status is taken before the bytes are read: a write underway then shows as a newer time on the next
  // look.
  const auto opened = ops.StatFd(file->get());
  if (!opened) return tl::make_unexpected(opened.error());
  if (opened->type != FileType::kRegular) return FileState::kDamaged;
  const auto actual = HashFile(ops, file->get());
  if (!actual && IsFilesOwnFault(actual.error())) return FileState::kDamaged;
  if (!actual) return tl::make_unexpected(actual.error());
  *status = *opened;
  Learn(*opened, *actual);
  return *actual == digest ? FileState::kIntact : FileState::kDamaged;
}

}  // namespace slipway
