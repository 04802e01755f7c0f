#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

/// TFTP on the wire: RFC 1350, options by RFC 2347.
namespace slipway::tftp {

enum class Opcode : uint16_t {
  kReadRequest = 1,
  kWriteRequest = 2,
  kData = 3,
  kAck = 4,
  kError = 5,
  kOack = 6
};

enum class ErrorCode : uint16_t {
  kUndefined = 0,
  kNotFound = 1,
  kAccessViolation = 2,
  kDiskFull = 3,
  kIllegalOperation = 4,
  kUnknownTransfer = 5,
  kFileExists = 6,
  kNoSuchUser = 7,
  kOptionRefused = 8,
};

inline constexpr size_t kHeaderSize = 4;          ///< of DATA, ACK and ERROR
inline constexpr size_t kMaxRequest = 1024;       ///< bytes of a request that is looked at
inline constexpr size_t kMaxRequestOptions = 16;  ///< further ones are passed over

/// A read request. Views point into the datagram. Names of mode and options are compared without case.
struct ReadRequest {
  std::string_view file;  ///< as sent; not yet normalised
  std::string_view mode;
  std::array<std::pair<std::string_view, std::string_view>, kMaxRequestOptions> options;
  size_t option_count = 0;

  /// The decimal value of an option, where it was sent and is one.
  std::optional<uint64_t> Number(std::string_view name) const;
  bool IsNetascii() const;  ///< octet otherwise
};

enum class RequestError : uint8_t {
  kTooShort,
  kTooLong,
  kNotRequest,     ///< an opcode that opens no transfer: dropped without an answer
  kWriteRequest,   ///< nothing is ever written here
  kNotTerminated,  ///< a string without its NUL
  kNoFile,
  kBadMode,  ///< neither octet nor netascii; RFC 1350 ends `mail`
};
std::string_view ToString(RequestError error);

/// Never allocates, never throws.
tl::expected<ReadRequest, RequestError> ParseReadRequest(std::span<const uint8_t> bytes);

/// What a client may send into a running transfer.
struct ClientPacket {
  enum class Kind : uint8_t { kAck, kError, kOther } kind = Kind::kOther;
  uint16_t block = 0;        ///< of an ACK
  uint16_t error = 0;        ///< of an ERROR
  std::string_view message;  ///< of an ERROR; points into the datagram, cut to 128 bytes
};
ClientPacket ParseClientPacket(std::span<const uint8_t> bytes);

std::vector<uint8_t> EncodeError(ErrorCode code, std::string_view message);
void PutHeader(std::span<uint8_t> out, Opcode opcode, uint16_t block);  ///< 4 bytes

bool EqualsIgnoringCase(std::string_view a, std::string_view b);  ///< ASCII

}  // namespace slipway::tftp
