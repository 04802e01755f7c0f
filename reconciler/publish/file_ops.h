#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace slipway {

/// An errno value. Kept apart from Error until somebody knows what was being done, because some of them are
/// decisions (EEXIST, EMLINK, ENOENT) and not failures.
struct Errno {
  int code = 0;
  bool operator==(const Errno&) const = default;
};

template <class T>
using IoResult = tl::expected<T, Errno>;

/// Owns a file descriptor. Move-only; closes in the destructor, errors of close are not reported (what must
/// be durable is synced before).
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.Release()) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { Close(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release();
  void Close();

 private:
  int fd_ = -1;
};

enum class FileType : uint8_t { kRegular, kDirectory, kSymlink, kOther };

struct FileStat {
  FileType type = FileType::kOther;
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t size = 0;     ///< bytes
  int64_t mtime_ns = 0;  ///< of the content; making a hard link does not change it
  uint32_t owner = 0;
  uint32_t mode = 0;  ///< permission bits
  int64_t mtime() const { return mtime_ns / 1'000'000'000; }
};

struct DirEntry {
  std::string name;
  FileType type = FileType::kOther;
};

/// Every operation of FileOps. The ones up to kLastChanging change what is on the disk.
enum class FileOp : uint8_t {
  kCreate,
  kOpenAppend,
  kWrite,
  kTruncate,
  kSync,
  kSyncFilesystem,
  kRename,
  kLink,
  kSymlink,
  kUnlink,
  kRemoveDir,
  kMakeDir,
  kLastChanging = kMakeDir,
  kOpenDir,
  kOpenRead,
  kRead,
  kList,
  kReadLink,
  kStat,
  kFreeBytes,
  kLock,
};
std::string_view ToString(FileOp op);  ///< "create", "rename", …

inline constexpr int kNoDir = -100;  ///< AT_FDCWD: for absolute paths only

/// All that publishing and the asset store ask of the disk: one thin method for each system call, so that a
/// test can fail or "crash" each of them in turn. Paths are relative to the directory descriptor before them
/// and their last component is never followed when it is a symbolic link (OpenDir follows). Files are created
/// with mode 0640 and directories with 0750, since configs hold secrets; the umask may take more away.
/// Descriptors are close-on-exec. Interrupted and short transfers are the caller's to continue (WriteAll in
/// file_util.h). One thread at a time.
class FileOps {
 public:
  virtual ~FileOps() = default;

  virtual IoResult<Fd> OpenDir(int dir, const std::string& path) = 0;
  virtual IoResult<Fd> OpenRead(int dir, const std::string& path) = 0;
  virtual IoResult<Fd> Create(int dir, const std::string& path) = 0;      ///< EEXIST when there is one
  virtual IoResult<Fd> OpenAppend(int dir, const std::string& path) = 0;  ///< makes it when there is none
  virtual IoResult<size_t> Read(int fd, std::span<char> buffer) = 0;      ///< 0 at the end
  virtual IoResult<size_t> Write(int fd, std::string_view bytes) = 0;     ///< may be short
  virtual IoResult<void> Truncate(int fd, uint64_t size) = 0;
  virtual IoResult<void> Sync(int fd) = 0;
  virtual IoResult<void> SyncFilesystem(int fd) = 0;  ///< of the filesystem that holds fd
  virtual IoResult<void> Rename(int from_dir, const std::string& from, int to_dir, const std::string& to) = 0;
  virtual IoResult<void> Link(int from_dir, const std::string& from, int to_dir, const std::string& to) = 0;
  virtual IoResult<void> Symlink(const std::string& target, int dir, const std::string& name) = 0;
  virtual IoResult<void> Unlink(int dir, const std::string& name) = 0;
  virtual IoResult<void> RemoveDir(int dir, const std::string& name) = 0;
  virtual IoResult<void> MakeDir(int dir, const std::string& name) = 0;
  virtual IoResult<std::vector<DirEntry>> List(int dir) = 0;  ///< without . and .., sorted by name
  virtual IoResult<std::string> ReadLink(int dir, const std::string& name) = 0;
  virtual IoResult<FileStat> Stat(int dir, const std::string& path) = 0;
  virtual IoResult<FileStat> StatFd(int fd) = 0;
  virtual IoResult<uint64_t> FreeBytes(int fd) = 0;  ///< that an unprivileged process may still write
  virtual IoResult<void> Lock(int fd) = 0;  ///< exclusive, not waiting: EWOULDBLOCK when another has it
};

enum class Readers : uint8_t { kGroup, kOwner };

/// The real disk. Stateless; any thread. With Readers::kOwner files are made with mode 0600, directories with
/// 0700.
std::unique_ptr<FileOps> MakePosixFileOps(Readers readers = Readers::kGroup);

}  // namespace slipway
