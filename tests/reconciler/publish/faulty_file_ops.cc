#include "tests/reconciler/publish/faulty_file_ops.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace slipway::testing {

size_t FaultyFileOps::CountOf(FileOp op) const {
  return static_cast<size_t>(
      std::count_if(log_.begin(), log_.end(), [op](const auto& entry) { return entry.first == op; }));
}

std::optional<Errno> FaultyFileOps::Before(FileOp op, const std::string& name) {
  log_.emplace_back(op, name);
  if (crashed_) return Errno{EIO};
  if (crash_at_ == log_.size() && moment_ == Moment::kBefore) {
    crashed_ = true;
    return Errno{EIO};
  }
  if (fail_at_ == log_.size()) return Errno{error_};
  const auto every = fail_every_.find(op);
  if (every != fail_every_.end()) return Errno{every->second};
  if (slow_ && (op == FileOp::kWrite || op == FileOp::kRead)) {
    interrupt_ = !interrupt_;
    if (interrupt_) return Errno{EINTR};
  }
  return std::nullopt;
}

std::optional<Errno> FaultyFileOps::After(FileOp, const std::string&) {
  if (crash_at_ == log_.size() && moment_ == Moment::kAfter) {
    crashed_ = true;
    return Errno{EIO};
  }
  return std::nullopt;
}

IoResult<Fd> FaultyFileOps::Create(int dir, const std::string& path) {
  auto file = HookedFileOps::Create(dir, path);
  if (!file) return file;
  const auto status = inner().StatFd(file->get());
  if (status) unsynced_[status->inode] = Fd(dup(file->get()));
  return file;
}

IoResult<size_t> FaultyFileOps::Write(int fd, std::string_view bytes) {
  return HookedFileOps::Write(fd, slow_ ? bytes.substr(0, 1) : bytes);
}

IoResult<void> FaultyFileOps::Sync(int fd) {
  const auto status = inner().StatFd(fd);
  const auto synced = HookedFileOps::Sync(fd);
  if (synced && status) unsynced_.erase(status->inode);
  return synced;
}

IoResult<void> FaultyFileOps::SyncFilesystem(int fd) {
  const auto synced = HookedFileOps::SyncFilesystem(fd);
  if (synced) unsynced_.clear();
  return synced;
}

void FaultyFileOps::LoseUnsynced() {
  for (const auto& [inode, file] : unsynced_) (void)inner().Truncate(file.get(), 0);
  unsynced_.clear();
}

}  // namespace slipway::testing
