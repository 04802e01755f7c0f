#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bootnet/tftp/packet.h"

namespace slipway::tftp {

/// The most that is agreed to.
struct Limits {
  uint16_t block_size = 1468;  ///< Ethernet's 1500 less IP, UDP and TFTP headers: a ROM does not reassemble
  uint16_t window_size = 64;
};

/// How one transfer runs.
struct Terms {
  uint16_t block_size = 512;
  uint16_t window_size = 1;
  std::optional<uint8_t> timeout_s;          ///< as the client wants it (RFC 2349)
  std::optional<std::vector<uint8_t>> oack;  ///< the packet to begin with; none: begin with DATA 1
};

/// RFC 2347, 2348, 2349, 7440, and what clients enforce beyond them: names in lower case (GRUB reads no
/// other), only what was asked for (edk2 and PXELINUX abort otherwise), never a larger value (edk2),
/// `timeout` unchanged or not at all (U-Boot). `file_size` answers tsize; without one (netascii, whose length
/// on the wire is another) or for an empty file tsize stays unanswered. A value out of an option's range
/// makes the option unseen.
Terms Negotiate(const ReadRequest& request, std::optional<uint64_t> file_size, const Limits& limits);

}  // namespace slipway::tftp
