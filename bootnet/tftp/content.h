#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "bootnet/catalog/unique_fd.h"
#include "schema/contract/sha256.h"
#include "schema/fleet/result.h"

namespace slipway::tftp {

/// Opens the file of a transfer when its first byte is needed.
using Opener = std::function<Result<UniqueFd>()>;

/// What the bytes of a file become on the wire.
enum class Encoding : uint8_t { kOctet, kNetascii };

/// The bytes of one file as they are sent. A file is mapped, so that 200 transfers of it share its pages and
/// a block costs no system call to read. The bytes are for the kernel's hands only: a file that somebody cut
/// short makes sending fail with EFAULT, and touching them here would raise SIGBUS.
class Content {
 public:
  static Result<std::shared_ptr<const Content>> Map(int fd, uint64_t size);
  static Result<std::shared_ptr<const Content>> Translate(int fd, uint64_t size);
  ~Content();
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  std::span<const uint8_t> bytes() const { return bytes_; }

 private:
  Content() = default;
  std::string translated_;
  void* mapping_ = nullptr;
  std::span<const uint8_t> bytes_;
};

/// One Content for each file that is under way. One thread.
class ContentCache {
 public:
  /// `open` is called when no transfer of this file is under way.
  Result<std::shared_ptr<const Content>> Get(const Sha256& digest, uint64_t size, Encoding encoding,
                                             const Opener& open);

 private:
  std::map<std::pair<Sha256, Encoding>, std::weak_ptr<const Content>> known_;
};

}  // namespace slipway::tftp
