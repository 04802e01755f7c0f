#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <optional>
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

/// One program below a directory; nothing where it is not there.
Result<std::optional<BootFile>> Load(int directory, const std::string& folder, const BootProgram& program) {
  const std::string path = folder + "/" + std::string(program.file);
  UniqueFd fd(::openat(directory, std::string(program.file).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) {
    if (errno == ENOENT) return std::nullopt;
    return Retry("opening " + path + ": " + std::strerror(errno));
  }
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return Retry("looking at " + path + ": " + std::strerror(errno));
  const auto size = static_cast<uint64_t>(info.st_size);
  if (!S_ISREG(info.st_mode) || size > kMaxBootFile) return FixInput(path + " is not a boot program");
  Result<Sha256> digest = DigestOf(fd.get(), path);
  if (!digest) return tl::make_unexpected(digest.error());
  return BootFile{std::string(program.name), size, *digest, std::move(fd)};
}

}  // namespace

Result<BootFiles> BootFiles::Scan(std::span<const std::string> directories) {
  BootFiles found;
  for (const std::string& directory : directories) {
    const UniqueFd dir(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!dir.valid()) {
      if (&directory != &directories.front() && errno == ENOENT) continue;
      return FixInput("boot.ipxe_dir: opening " + directory + ": " + std::strerror(errno) +
                      "; install Debian's `ipxe` package or name the folder that holds iPXE");
    }
    for (const BootProgram& program : BootPrograms()) {
      if (found.Find(program.name) != nullptr) continue;
      auto file = Load(dir.get(), directory, program);
      if (!file) return tl::make_unexpected(file.error());
      if (*file) found.files.push_back(*std::move(*file));
    }
  }
  return found;
}

}  // namespace slipway
