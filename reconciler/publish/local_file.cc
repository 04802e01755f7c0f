#include "reconciler/publish/local_file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <optional>
#include <system_error>

namespace slipway {
namespace {

std::optional<std::string> RealPath(const std::string& path) {
  char resolved[PATH_MAX];
  if (realpath(path.c_str(), resolved) == nullptr) return std::nullopt;
  return std::string(resolved);
}

std::string Reason(int error) { return std::generic_category().message(error); }

Fd OpenBeneath(int root, const std::string& path) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return Fd(static_cast<int>(syscall(SYS_openat2, root, path.c_str(), &how, sizeof(how))));
}

}  // namespace

Result<Fd> OpenBelow(const std::vector<std::string>& roots, const std::string& path) {
  const std::string doing = "reading the asset file " + path;
  if (roots.empty()) {
    return FixInput(doing +
                    ": file:// assets are off; name the folders they may come from in assets.file_roots");
  }
  const auto resolved = RealPath(path);
  if (!resolved) return FixInput(doing + ": " + Reason(errno));
  for (const std::string& root : roots) {
    const auto base = RealPath(root);
    if (!base) continue;
    const std::string prefix = *base == "/" ? *base : *base + "/";
    if (!resolved->starts_with(prefix)) continue;
    const Fd folder(open(base->c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder.valid()) return Retry(doing + ": " + Reason(errno));
    Fd file = OpenBeneath(folder.get(), resolved->substr(prefix.size()));
    if (!file.valid()) return FixInput(doing + ": " + Reason(errno));
    struct stat status {};
    if (fstat(file.get(), &status) != 0) return Retry(doing + ": " + Reason(errno));
    if (!S_ISREG(status.st_mode)) return FixInput(doing + ": it is not a regular file");
    return file;
  }
  return FixInput(doing + ": it lies outside the folders of assets.file_roots");
}

}  // namespace slipway
