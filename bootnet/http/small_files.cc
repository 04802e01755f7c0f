#include "bootnet/http/small_files.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace slipway::http {

size_t SmallFiles::Hash::operator()(const Sha256& digest) const {
  size_t value = 0;
  std::memcpy(&value, digest.bytes.data(), sizeof(value));
  return value;
}

std::shared_ptr<const std::string> SmallFiles::Find(const Sha256& digest) {
  const auto known = index_.find(digest);
  if (known == index_.end()) return nullptr;
  order_.splice(order_.begin(), order_, known->second);
  return known->second->bytes;
}

std::shared_ptr<const std::string> SmallFiles::Read(const Sha256& digest, uint64_t size, int fd) {
  auto bytes = std::make_shared<std::string>(size, '\0');
  size_t have = 0;
  while (have < size) {
    const ssize_t n = ::pread(fd, bytes->data() + have, size - have, static_cast<off_t>(have));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return nullptr;
    have += static_cast<size_t>(n);
  }
  if (Sha256::Of(*bytes) != digest) return nullptr;
  order_.push_front({digest, bytes});
  index_[digest] = order_.begin();
  for (bytes_ += size; bytes_ > kMostBytes; order_.pop_back()) {
    bytes_ -= order_.back().bytes->size();
    index_.erase(order_.back().digest);
  }
  return bytes;
}

}  // namespace slipway::http
