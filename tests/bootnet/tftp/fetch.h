#pragma once

#include <cstdint>
#include <string>

namespace slipway::testing {

struct TftpRequest {
  std::string file = "snponly.efi";
  std::string mode = "octet";
  uint16_t block_size = 0;  ///< 0: not asked for
  uint16_t window = 0;      ///< 0: not asked for
  enum class Size : uint8_t { kNotAsked, kAsked } tsize = Size::kNotAsked;
};

struct TftpReply {
  std::string bytes;
  std::string problem;  ///< "" when the whole file is here
  std::string oack;     ///< as sent, NUL shown as |
  uint64_t data_packets = 0;
  uint16_t server_port = 0;
};

/// A client as RFC 1350 and RFC 7440 describe it, on loopback: asks again after 400 ms of silence, gives up
/// after 10 s.
TftpReply TftpFetch(uint16_t port, const TftpRequest& request);

std::string AckBytes(uint16_t block);
std::string ShownPacket(std::string packet);  ///< NUL as |

}  // namespace slipway::testing
