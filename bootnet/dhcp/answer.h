#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "bootnet/catalog/decide.h"
#include "bootnet/dhcp/packet.h"
#include "bootnet/dhcp/relay.h"
#include "schema/contract/boot_event.h"

namespace slipway::dhcp {

/// Which of the two ports a packet came in on.
enum class Port : uint8_t {
  kServer,  ///< 67: DISCOVERs are answered with an OFFER that carries no address
  kPxe,     ///< 4011: the boot server REQUEST is answered with an ACK
};

/// What is ours on the side the packet came in.
struct LocalSide {
  Ipv4 address;            ///< the address to answer from: option 54, siaddr
  uint16_t http_port = 0;  ///< of the boot face at that address
  Arrival arrival = Arrival::kBroadcast;
};

/// Where a reply goes (RFC 2131 §4.1). The acting side adds the interface and the source address.
enum class Destination : uint8_t {
  kBroadcast,  ///< 255.255.255.255, client port
  kRelay,      ///< giaddr, server port
  kCiaddr,     ///< ciaddr, client port
  kYiaddr,     ///< an address that the client at `mac` has not taken yet: no ARP, client port
  kSource,     ///< the packet's own source address and port: firmware asks 4011 from 68 or from 4011
};

struct Reply {
  std::vector<uint8_t> payload;
  Destination destination = Destination::kBroadcast;
  Ipv4 address;  ///< for kRelay, kCiaddr and kYiaddr
  Mac mac = {};  ///< for kYiaddr
};

struct Answer {
  std::optional<Reply> reply;  ///< none: silence
  BootEvent event;  ///< always with a reason; time_ms and the client's source address are not set here
};

/// The whole of proxyDHCP: bytes in, at most one reply out. Pure; never throws on any bytes.
Answer AnswerPacket(std::span<const uint8_t> bytes, Port port, const LocalSide& local,
                    const Snapshot& snapshot);
Answer AnswerPacket(const Packet& packet, Port port, const LocalSide& local, const Snapshot& snapshot);

/// Which address of a packet was forged so that an answer would reach many, in words; nothing in good
/// packets.
std::optional<std::string_view> ForgedAddress(const Packet& packet);

}  // namespace slipway::dhcp
