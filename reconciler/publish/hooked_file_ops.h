#pragma once

#include <optional>
#include <string>

#include "reconciler/publish/file_ops.h"

namespace slipway {

/// FileOps that lets a derived class see, refuse or follow every operation of another one. What numbers
/// operations (the crash switch, the fault tests) derives from it.
class HookedFileOps : public FileOps {
 public:
  /// `inner` must outlive this.
  explicit HookedFileOps(FileOps& inner) : inner_(inner) {}

  IoResult<Fd> OpenDir(int dir, const std::string& path) override;
  IoResult<Fd> OpenRead(int dir, const std::string& path) override;
  IoResult<Fd> Create(int dir, const std::string& path) override;
  IoResult<Fd> OpenAppend(int dir, const std::string& path) override;
  IoResult<size_t> Read(int fd, std::span<char> buffer) override;
  IoResult<size_t> Write(int fd, std::string_view bytes) override;
  IoResult<void> Truncate(int fd, uint64_t size) override;
  IoResult<void> Sync(int fd) override;
  IoResult<void> SyncFilesystem(int fd) override;
  IoResult<void> Rename(int from_dir, const std::string& from, int to_dir, const std::string& to) override;
  IoResult<void> Link(int from_dir, const std::string& from, int to_dir, const std::string& to) override;
  IoResult<void> Symlink(const std::string& target, int dir, const std::string& name) override;
  IoResult<void> Unlink(int dir, const std::string& name) override;
  IoResult<void> RemoveDir(int dir, const std::string& name) override;
  IoResult<void> MakeDir(int dir, const std::string& name) override;
  IoResult<std::vector<DirEntry>> List(int dir) override;
  IoResult<std::string> ReadLink(int dir, const std::string& name) override;
  IoResult<FileStat> Stat(int dir, const std::string& path) override;
  IoResult<FileStat> StatFd(int fd) override;
  IoResult<uint64_t> FreeBytes(int fd) override;
  IoResult<void> Lock(int fd) override;

 protected:
  /// Before the operation; an error keeps it from happening and is what the caller gets. `name` is the path
  /// it acts on (the new one where there are two), "" for operations on a descriptor.
  virtual std::optional<Errno> Before(FileOp op, const std::string& name) = 0;

  /// After the operation, whatever came of it; an error replaces its result.
  virtual std::optional<Errno> After(FileOp op, const std::string& name) = 0;

  FileOps& inner() { return inner_; }

 private:
  template <class Call>
  auto Hook(FileOp op, const std::string& name, Call call) -> decltype(call());

  FileOps& inner_;
};

}  // namespace slipway
