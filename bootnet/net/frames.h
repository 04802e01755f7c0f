#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "schema/fleet/ipv4.h"
#include "schema/fleet/mac.h"

/// Ethernet frames as AF_PACKET carries them, without VLAN tags: built and read, pure.
namespace slipway {

inline constexpr Mac kBroadcastMac{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

/// An ARP request that claims no address of its own, so that no host's table changes (RFC 5227 §1.1).
std::vector<uint8_t> BuildArpProbe(const Mac& own, Ipv4 target);

/// Who an ARP packet, request or reply, says it is from.
struct ArpSender {
  Mac mac;
  Ipv4 address;  ///< unspecified in another host's probe
  Ipv4 target;
};
std::optional<ArpSender> ParseArp(std::span<const uint8_t> frame);

/// An IPv4 UDP datagram in its frame. `payload` is of the frame that was read.
struct UdpFrame {
  Mac from_mac;
  Mac to_mac;
  Ipv4 from;
  Ipv4 to;
  uint16_t from_port = 0;
  uint16_t to_port = 0;
  std::span<const uint8_t> payload;
};
/// With both checksums. The payload must fit into one IP packet.
std::vector<uint8_t> BuildUdpFrame(const UdpFrame& frame);
/// Nothing for fragments, other protocols and lengths that do not add up. Checksums are not looked at: the
/// card may not have filled them in yet.
std::optional<UdpFrame> ParseUdpFrame(std::span<const uint8_t> frame);

/// RFC 1071, over the bytes and what was summed before.
uint16_t InternetChecksum(std::span<const uint8_t> bytes, uint32_t sum = 0);

}  // namespace slipway
