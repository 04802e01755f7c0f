#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "bootnet/catalog/boot_files.h"

namespace slipway {
namespace {

/// More than any iPXE build by far; a wrong folder must not make the start read gigabytes.
constexpr uint64_t kMaxBootFile = 64U << 20U;

Result<Sha256> DigestOf(int fd, const std::string& path) {
  Sha256Stream stream;
  std::vector<char> buffer(64 * 1024);
  uint64_t offset = 0;
  for (;;) {
    const ssize_t n = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Retry("reading " + path + ": " + std::strerror(errno));
    if (n == 0) return stream.Finish();
    stream.Update({buffer.data(), static_cast<size_t>(n)});
    offset += static_cast<uint64_t>(n);
  }
}

}  // namespace

Result<BootFiles> BootFiles::Scan(const std::string& directory) {
  const UniqueFd dir(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!dir.valid()) {
    return FixInput("boot.ipxe_dir: opening " + directory + ": " + std::strerror(errno) +
                    "; install Debian's `ipxe` package or name the folder that holds iPXE");
  }
  BootFiles found;
  for (std::string_view name : BootFileNames(Platform::kUnsupported)) {
    const std::string path = directory + "/" + std::string(name);
    UniqueFd fd(::openat(dir.get(), std::string(name).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd.valid()) {
      if (errno == ENOENT) continue;
      return Retry("opening " + path + ": " + std::strerror(errno));
    }
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0) return Retry("looking at " + path + ": " + std::strerror(errno));
    const auto size = static_cast<uint64_t>(info.st_size);
    if (!S_ISREG(info.st_mode) || size > kMaxBootFile) return FixInput(path + " is not a boot program");
    Result<Sha256> digest = DigestOf(fd.get(), path);
    if (!digest) return tl::make_unexpected(digest.error());
    found.files.push_back({std::string(name), size, *digest, std::move(fd)});
  }
  return found;
}

}  // namespace slipway
