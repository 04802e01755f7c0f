#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "bootnet/catalog/catalog.h"

namespace slipway {
namespace {

/// Some 500 bytes per machine: room for a quarter of a million.
constexpr uint64_t kMaxDocument = 128U << 20U;

Result<std::string> ReadWhole(int dir, std::string_view name, const std::string& where) {
  const std::string what = where + "/" + std::string(name);
  const UniqueFd fd(::openat(dir, std::string(name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd.valid()) return Retry("opening " + what + ": " + std::strerror(errno));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return Retry("looking at " + what + ": " + std::strerror(errno));
  const auto size = static_cast<uint64_t>(info.st_size);
  if (!S_ISREG(info.st_mode) || size > kMaxDocument) return Retry(what + " is not a document of ours");
  std::string text(size, '\0');
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::read(fd.get(), text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Retry("reading " + what + ": " + std::strerror(errno));
    if (n == 0) return Retry(what + " became shorter while it was read");
    done += static_cast<size_t>(n);
  }
  return text;
}

}  // namespace

Result<std::shared_ptr<const Catalog>> Catalog::Load(const std::string& state_dir) {
  const std::string current = state_dir + "/" + std::string(kCurrentName);
  UniqueFd generation(::open(current.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!generation.valid()) return Retry("opening " + current + ": " + std::strerror(errno));
  Result<std::string> revision_text = ReadWhole(generation.get(), kRevisionName, current);
  if (!revision_text) return tl::make_unexpected(revision_text.error());
  Result<RevisionInfo> revision = DecodeRevision(*revision_text);
  if (!revision) return Wrap("reading " + current + "/" + std::string(kRevisionName), revision.error());
  Result<std::string> manifest_text = ReadWhole(generation.get(), kManifestName, current);
  if (!manifest_text) return tl::make_unexpected(manifest_text.error());
  const std::string digest = TreeDigest(*manifest_text);
  if (digest != revision->tree_digest) {
    return Retry(current + "/" + std::string(kManifestName) + " was changed on disk: its digest is " +
                 digest + ", the revision names " + revision->tree_digest);
  }
  Result<Manifest> manifest = DecodeManifest(*manifest_text);
  if (!manifest) return Wrap("reading " + current + "/" + std::string(kManifestName), manifest.error());
  // Nothing was ever retained where the store does not exist.
  const std::string store = state_dir + "/" + std::string(kAssetStoreName);
  UniqueFd assets(::open(store.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  return std::make_shared<const Catalog>(std::move(*manifest), std::move(*revision), std::move(generation),
                                         std::move(assets));
}

Result<UniqueFd> Catalog::Open(const Item& item) const {
  const bool in_store = item.place == Place::kAssetStore;
  const std::string name = in_store ? item.file->digest.ToHex() : item.file->path;
  UniqueFd fd(::openat(in_store ? asset_store_.get() : generation_.get(), name.c_str(),
                       O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd.valid()) return Retry("opening " + item.file->path + ": " + std::strerror(errno));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0)
    return Retry("looking at " + item.file->path + ": " + std::strerror(errno));
  if (!S_ISREG(info.st_mode) || static_cast<uint64_t>(info.st_size) != item.file->size) {
    return Retry(item.file->path + " was changed on disk: it is not what its manifest names");
  }
  return fd;
}

}  // namespace slipway
