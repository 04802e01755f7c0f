#include "reconciler/publish/hooked_file_ops.h"

namespace slipway {

template <class Call>
auto HookedFileOps::Hook(FileOp op, const std::string& name, Call call) -> decltype(call()) {
  if (const auto refused = Before(op, name)) return tl::make_unexpected(*refused);
  auto result = call();
  if (const auto replaced = After(op, name)) return tl::make_unexpected(*replaced);
  return result;
}

IoResult<Fd> HookedFileOps::OpenDir(int dir, const std::string& path) {
  return Hook(FileOp::kOpenDir, path, [&] { return inner_.OpenDir(dir, path); });
}
IoResult<Fd> HookedFileOps::OpenRead(int dir, const std::string& path) {
  return Hook(FileOp::kOpenRead, path, [&] { return inner_.OpenRead(dir, path); });
}
IoResult<Fd> HookedFileOps::Create(int dir, const std::string& path) {
  return Hook(FileOp::kCreate, path, [&] { return inner_.Create(dir, path); });
}
IoResult<Fd> HookedFileOps::OpenAppend(int dir, const std::string& path) {
  return Hook(FileOp::kOpenAppend, path, [&] { return inner_.OpenAppend(dir, path); });
}
IoResult<size_t> HookedFileOps::Read(int fd, std::span<char> buffer) {
  return Hook(FileOp::kRead, {}, [&] { return inner_.Read(fd, buffer); });
}
IoResult<size_t> HookedFileOps::Write(int fd, std::string_view bytes) {
  return Hook(FileOp::kWrite, {}, [&] { return inner_.Write(fd, bytes); });
}
IoResult<void> HookedFileOps::Truncate(int fd, uint64_t size) {
  return Hook(FileOp::kTruncate, {}, [&] { return inner_.Truncate(fd, size); });
}
IoResult<void> HookedFileOps::Sync(int fd) {
  return Hook(FileOp::kSync, {}, [&] { return inner_.Sync(fd); });
}
IoResult<void> HookedFileOps::SyncFilesystem(int fd) {
  return Hook(FileOp::kSyncFilesystem, {}, [&] { return inner_.SyncFilesystem(fd); });
}
IoResult<void> HookedFileOps::Rename(int from_dir, const std::string& from, int to_dir,
                                     const std::string& to) {
  return Hook(FileOp::kRename, to, [&] { return inner_.Rename(from_dir, from, to_dir, to); });
}
IoResult<void> HookedFileOps::Link(int from_dir, const std::string& from, int to_dir, const std::string& to) {
  return Hook(FileOp::kLink, to, [&] { return inner_.Link(from_dir, from, to_dir, to); });
}
IoResult<void> HookedFileOps::Symlink(const std::string& target, int dir, const std::string& name) {
  return Hook(FileOp::kSymlink, name, [&] { return inner_.Symlink(target, dir, name); });
}
IoResult<void> HookedFileOps::Unlink(int dir, const std::string& name) {
  return Hook(FileOp::kUnlink, name, [&] { return inner_.Unlink(dir, name); });
}
IoResult<void> HookedFileOps::RemoveDir(int dir, const std::string& name) {
  return Hook(FileOp::kRemoveDir, name, [&] { return inner_.RemoveDir(dir, name); });
}
IoResult<void> HookedFileOps::MakeDir(int dir, const std::string& name) {
  return Hook(FileOp::kMakeDir, name, [&] { return inner_.MakeDir(dir, name); });
}
IoResult<std::vector<DirEntry>> HookedFileOps::List(int dir) {
  return Hook(FileOp::kList, {}, [&] { return inner_.List(dir); });
}
IoResult<std::string> HookedFileOps::ReadLink(int dir, const std::string& name) {
  return Hook(FileOp::kReadLink, name, [&] { return inner_.ReadLink(dir, name); });
}
IoResult<FileStat> HookedFileOps::Stat(int dir, const std::string& path) {
  return Hook(FileOp::kStat, path, [&] { return inner_.Stat(dir, path); });
}
IoResult<FileStat> HookedFileOps::StatFd(int fd) {
  return Hook(FileOp::kStat, {}, [&] { return inner_.StatFd(fd); });
}
IoResult<uint64_t> HookedFileOps::FreeBytes(int fd) {
  return Hook(FileOp::kFreeBytes, {}, [&] { return inner_.FreeBytes(fd); });
}
IoResult<void> HookedFileOps::Lock(int fd) {
  return Hook(FileOp::kLock, {}, [&] { return inner_.Lock(fd); });
}

}  // namespace slipway
