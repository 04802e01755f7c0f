#include "reconciler/cli/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace slipway::cli {
namespace {

bool WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

tl::unexpected<Error> Failed(const std::string& path, int reason) {
  return Retry("writing " + path + " failed: " + std::strerror(reason));
}

/// Creates `path`, which must not be there, with all its bytes or not at all.
Result<void> Create(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0 && errno == EEXIST) return FixInput(path + " is there already; --force replaces it");
  if (file < 0) return Failed(path, errno);
  const bool written = WriteAll(file, bytes) && ::fsync(file) == 0;
  const int reason = errno;
  ::close(file);
  if (written) return {};
  ::unlink(path.c_str());
  return Failed(path, reason);
}

Result<void> MakeFolderOf(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (folder.empty() || std::filesystem::exists(folder)) return {};
  const mode_t mask = ::umask(0077);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  ::umask(mask);
  if (error) return Retry("making the folder " + folder.string() + " failed: " + error.message());
  return {};
}

}  // namespace

Result<void> WriteSecretFile(const std::string& path, std::string_view bytes, Existing existing) {
  if (path == "-") {
    if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() && std::fflush(stdout) == 0)
      return {};
    return Failed("standard output", errno);
  }
  if (auto made = MakeFolderOf(path); !made) return made;
  if (existing == Existing::kKeep) return Create(path, bytes);
  const std::string draft = path + ".slipway-" + std::to_string(::getpid());
  ::unlink(draft.c_str());
  if (auto written = Create(draft, bytes); !written) return written;
  if (::rename(draft.c_str(), path.c_str()) == 0) return {};
  const int reason = errno;
  ::unlink(draft.c_str());
  return Failed(path, reason);
}

}  // namespace slipway::cli
