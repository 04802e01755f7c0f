#include "reconciler/daemon/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace slipway {
namespace {

constexpr size_t kMostBytes = 16U << 20U;

tl::unexpected<Error> Failed(const char* doing, const std::string& path) {
  return Retry(std::string(doing) + ' ' + path + ": " + std::strerror(errno));
}

/// Closes at the end of a scope.
struct File {
  int fd;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

Result<std::optional<std::string>> ReadSmallFile(const std::string& path) {
  const File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) {
    if (errno == ENOENT) return std::optional<std::string>();
    return Failed("opening", path);
  }
  std::string text;
  char chunk[65536];
  while (true) {
    const ssize_t size = ::read(file.fd, chunk, sizeof chunk);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return Failed("reading", path);
    if (size == 0) return std::optional<std::string>(std::move(text));
    if (text.size() + static_cast<size_t>(size) > kMostBytes)
      return FixInput(path + " is larger than 16 MiB");
    text.append(chunk, static_cast<size_t>(size));
  }
}

Result<void> ReplaceFile(const std::string& path, std::string_view bytes, Durability durability) {
  const std::string temporary = path + ".new-" + std::to_string(::getpid());
  {
    const File file{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640)};
    if (file.fd < 0) return Failed("creating", temporary);
    while (!bytes.empty()) {
      const ssize_t size = ::write(file.fd, bytes.data(), bytes.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) {
        auto failed = Failed("writing", temporary);
        ::unlink(temporary.c_str());
        return failed;
      }
      bytes.remove_prefix(static_cast<size_t>(size));
    }
    if (durability == Durability::kDurable && ::fsync(file.fd) != 0) return Failed("syncing", temporary);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return Failed("replacing", path);
  if (durability == Durability::kAtomicOnly) return {};
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const File parent{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (parent.fd < 0 || ::fsync(parent.fd) != 0) return Failed("syncing", folder);
  return {};
}

Result<void> MakeFolder(const std::string& path) {
  std::error_code error;
  const mode_t old_mask = ::umask(0027);
  std::filesystem::create_directories(path, error);
  ::umask(old_mask);
  if (error) return Retry("making the folder " + path + ": " + error.message());
  return {};
}

Result<void> LockForever(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  // A disk that became read-only, which is how a failing one ends, can still be served from.
  if (fd < 0 && (errno == EROFS || errno == EACCES)) fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Failed("opening the lock", path);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return FixInput("another slipway already uses this state directory (" + path +
                    " is locked); stop it, or give this one a state_dir of its own");
  }
  return {};
}

}  // namespace slipway
