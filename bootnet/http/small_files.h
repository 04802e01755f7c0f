#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "schema/contract/sha256.h"

namespace slipway::http {

/// The bytes of small files that were asked for lately, by digest: a config leaves in one system call
/// together with its head. Only bytes that have the digest are kept. Bounded; one thread.
class SmallFiles {
 public:
  static constexpr uint64_t kLargest = 64 * 1024;    ///< bytes of one file
  static constexpr size_t kMostBytes = 4ULL << 20U;  ///< of all together

  std::shared_ptr<const std::string> Find(const Sha256& digest);
  /// Reads a file of this size and keeps it. nullptr when it cannot be read or is not what the digest says.
  std::shared_ptr<const std::string> Read(const Sha256& digest, uint64_t size, int fd);

 private:
  struct Entry {
    Sha256 digest;
    std::shared_ptr<const std::string> bytes;
  };
  struct Hash {
    size_t operator()(const Sha256& digest) const;
  };
  using Order = std::list<Entry>;  ///< last used first
  Order order_;
  std::unordered_map<Sha256, Order::iterator, Hash> index_;
  size_t bytes_ = 0;
};

}  // namespace slipway::http
