#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "reconciler/publish/file_ops.h"

namespace slipway {
namespace {

tl::unexpected<Errno> LastError() { return tl::make_unexpected(Errno{errno}); }

IoResult<void> Done(int result) {
  if (result != 0) return LastError();
  return {};
}

IoResult<Fd> Opened(int fd) {
  if (fd < 0) return LastError();
  return Fd(fd);
}

FileType TypeOf(mode_t mode) {
  if (S_ISREG(mode)) return FileType::kRegular;
  if (S_ISDIR(mode)) return FileType::kDirectory;
  if (S_ISLNK(mode)) return FileType::kSymlink;
  return FileType::kOther;
}

FileStat Convert(const struct stat& status) {
  return {.type = TypeOf(status.st_mode),
          .device = status.st_dev,
          .inode = status.st_ino,
          .size = static_cast<uint64_t>(status.st_size),
          .mtime_ns = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec,
          .owner = status.st_uid,
          .mode = status.st_mode & 07777U};
}

class PosixFileOps : public FileOps {
 public:
  explicit PosixFileOps(Readers readers)
      : file_mode_(readers == Readers::kOwner ? 0600 : 0640),
        dir_mode_(readers == Readers::kOwner ? 0700 : 0750) {}

  IoResult<Fd> OpenDir(int dir, const std::string& path) override {
    return Opened(openat(dir, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  IoResult<Fd> OpenRead(int dir, const std::string& path) override {
    // O_NONBLOCK: a FIFO somebody put there must not stop the worker.
    return Opened(openat(dir, path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  }
  IoResult<Fd> Create(int dir, const std::string& path) override {
    return Opened(
        openat(dir, path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, file_mode_));
  }
  IoResult<Fd> OpenAppend(int dir, const std::string& path) override {
    return Opened(openat(dir, path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                         file_mode_));
  }
  IoResult<size_t> Read(int fd, std::span<char> buffer) override {
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    if (count < 0) return LastError();
    return static_cast<size_t>(count);
  }
  IoResult<size_t> Write(int fd, std::string_view bytes) override {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0) return LastError();
    return static_cast<size_t>(count);
  }
  IoResult<void> Truncate(int fd, uint64_t size) override {
    return Done(ftruncate(fd, static_cast<off_t>(size)));
  }
  IoResult<void> Sync(int fd) override { return Done(fsync(fd)); }
  IoResult<void> SyncFilesystem(int fd) override { return Done(syncfs(fd)); }
  IoResult<void> Rename(int from_dir, const std::string& from, int to_dir, const std::string& to) override {
    return Done(renameat(from_dir, from.c_str(), to_dir, to.c_str()));
  }
  IoResult<void> Link(int from_dir, const std::string& from, int to_dir, const std::string& to) override {
    return Done(linkat(from_dir, from.c_str(), to_dir, to.c_str(), 0));
  }
  IoResult<void> Symlink(const std::string& target, int dir, const std::string& name) override {
    return Done(symlinkat(target.c_str(), dir, name.c_str()));
  }
  IoResult<void> Unlink(int dir, const std::string& name) override {
    return Done(unlinkat(dir, name.c_str(), 0));
  }
  IoResult<void> RemoveDir(int dir, const std::string& name) override {
    return Done(unlinkat(dir, name.c_str(), AT_REMOVEDIR));
  }
  IoResult<void> MakeDir(int dir, const std::string& name) override {
    return Done(mkdirat(dir, name.c_str(), dir_mode_));
  }
  IoResult<std::vector<DirEntry>> List(int dir) override;
  IoResult<std::string> ReadLink(int dir, const std::string& name) override {
    std::array<char, 4096> buffer;
    const ssize_t size = readlinkat(dir, name.c_str(), buffer.data(), buffer.size());
    if (size < 0) return LastError();
    return std::string(buffer.data(), static_cast<size_t>(size));
  }
  IoResult<FileStat> Stat(int dir, const std::string& path) override {
    struct stat status {};
    if (fstatat(dir, path.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return LastError();
    return Convert(status);
  }
  IoResult<FileStat> StatFd(int fd) override {
    struct stat status {};
    if (fstat(fd, &status) != 0) return LastError();
    return Convert(status);
  }
  IoResult<uint64_t> FreeBytes(int fd) override {
    struct statvfs status {};
    if (fstatvfs(fd, &status) != 0) return LastError();
    return static_cast<uint64_t>(status.f_bavail) * status.f_frsize;
  }
  IoResult<void> Lock(int fd) override { return Done(flock(fd, LOCK_EX | LOCK_NB)); }

 private:
  mode_t file_mode_;
  mode_t dir_mode_;
};

IoResult<std::vector<DirEntry>> PosixFileOps::List(int dir) {
  // A descriptor of its own: reading moves the position that duplicates share.
  const int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return LastError();
  DIR* stream = fdopendir(fd);
  if (stream == nullptr) {
    const auto error = LastError();
    close(fd);
    return error;
  }
  std::vector<DirEntry> entries;
  while (true) {
    errno = 0;
    const dirent* entry = readdir(stream);
    if (entry == nullptr) break;
    std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    FileType type = TypeOf(DTTOIF(entry->d_type));
    if (entry->d_type == DT_UNKNOWN) {  // some filesystems do not say
      const auto status = Stat(dir, name);
      if (status) type = status->type;
    }
    entries.push_back({std::move(name), type});
  }
  const int error = errno;
  closedir(stream);
  if (error != 0) return tl::make_unexpected(Errno{error});
  std::sort(entries.begin(), entries.end(),
            [](const DirEntry& a, const DirEntry& b) { return a.name < b.name; });
  return entries;
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    Close();
    fd_ = other.Release();
  }
  return *this;
}

int Fd::Release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

void Fd::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

std::string_view ToString(FileOp op) {
  switch (op) {
    case FileOp::kCreate:
      return "create";
    case FileOp::kOpenAppend:
      return "open-append";
    case FileOp::kWrite:
      return "write";
    case FileOp::kTruncate:
      return "truncate";
    case FileOp::kSync:
      return "fsync";
    case FileOp::kSyncFilesystem:
      return "syncfs";
    case FileOp::kRename:
      return "rename";
    case FileOp::kLink:
      return "link";
    case FileOp::kSymlink:
      return "symlink";
    case FileOp::kUnlink:
      return "unlink";
    case FileOp::kRemoveDir:
      return "rmdir";
    case FileOp::kMakeDir:
      return "mkdir";
    case FileOp::kOpenDir:
      return "open-dir";
    case FileOp::kOpenRead:
      return "open";
    case FileOp::kRead:
      return "read";
    case FileOp::kList:
      return "list";
    case FileOp::kReadLink:
      return "readlink";
    case FileOp::kStat:
      return "stat";
    case FileOp::kFreeBytes:
      return "statfs";
    case FileOp::kLock:
      return "lock";
  }
  return "?";
}

std::unique_ptr<FileOps> MakePosixFileOps(Readers readers) { return std::make_unique<PosixFileOps>(readers); }

}  // namespace slipway
