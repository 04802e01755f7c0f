#include "bootnet/tftp/content.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "bootnet/tftp/netascii.h"

namespace slipway::tftp {
namespace {

constexpr size_t kForgetAbove = 64;  ///< entries, before those of ended transfers are swept

Result<std::string> ReadAll(int fd, uint64_t size) {
  std::string bytes(size, '\0');
  size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t n = ::pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Retry(n < 0 ? std::strerror(errno) : "the file became shorter");
    have += static_cast<size_t>(n);
  }
  return bytes;
}

}  // namespace

Result<std::shared_ptr<const Content>> Content::Map(int fd, uint64_t size) {
  const std::shared_ptr<Content> made(new Content);
  if (size == 0) return made;
  void* at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) return Retry(std::string("mapping the file: ") + std::strerror(errno));
  made->mapping_ = at;
  made->bytes_ = {static_cast<const uint8_t*>(at), size};
  return made;
}

Result<std::shared_ptr<const Content>> Content::Translate(int fd, uint64_t size) {
  auto bytes = ReadAll(fd, size);
  if (!bytes) return tl::make_unexpected(bytes.error());
  const std::shared_ptr<Content> made(new Content);
  made->translated_ = ToNetascii(*bytes);
  made->bytes_ = {reinterpret_cast<const uint8_t*>(made->translated_.data()), made->translated_.size()};
  return made;
}

Content::~Content() {
  if (mapping_ != nullptr) ::munmap(mapping_, bytes_.size());
}

Result<std::shared_ptr<const Content>> ContentCache::Get(const Sha256& digest, uint64_t size,
                                                         Encoding encoding, const Opener& open) {
  if (known_.size() > kForgetAbove) {
    std::erase_if(known_, [](const auto& entry) { return entry.second.expired(); });
  }
  std::weak_ptr<const Content>& known = known_[{digest, encoding}];
  if (auto shared = known.lock()) return shared;
  auto file = open();
  if (!file) return tl::make_unexpected(file.error());
  auto made =
      encoding == Encoding::kOctet ? Content::Map(file->get(), size) : Content::Translate(file->get(), size);
  if (made) known = *made;
  return made;
}

}  // namespace slipway::tftp
