#pragma once

#include <cstdint>
#include <optional>

#include "bootnet/dhcp/packet.h"

namespace slipway::dhcp {

/// What a relay agent says about the client behind it (RFC 3046). Nothing of it is believed of a packet whose
/// giaddr is 0: then no relay stands behind the words, only the client or a switch.
struct RelayWords {
  std::optional<Ipv4> link;       ///< suboption 5, RFC 3527: the client's subnet where it is not giaddr's
  std::optional<Ipv4> server_id;  ///< suboption 11, RFC 5107: the server identifier that clients shall see
};
RelayWords RelayWordsOf(const Packet& packet);

/// The relay's port that a client is behind: of giaddr and suboptions 1 and 2, or 0 where no relay says so.
uint64_t CircuitOf(const Packet& packet);

/// How a packet came in. A unicast without giaddr may come from any subnet, a broadcast only from this one.
enum class Arrival : uint8_t { kBroadcast, kUnicast };

/// An address inside the client's subnet, best knowledge first: link selection (RFC 3527), subnet selection
/// (option 118, RFC 3011), the relay's own address, the address of a client that renews by unicast, which no
/// relay sees, and ours on the interface the packet came in on.
Ipv4 SubnetHint(const Packet& packet, Arrival arrival, Ipv4 local);

/// The server identifier for this client: `local`, or what its relay put in its place, so that renewals go
/// through the relay as well.
Ipv4 ServerIdFor(const Packet& packet, Ipv4 local);

/// Whether an address taken from a packet may be sent to: not unspecified, loopback, multicast, reserved
/// (240/4) or a broadcast. What is spoofed so is dropped, or one forged packet would become many.
bool IsUnicast(Ipv4 address);

}  // namespace slipway::dhcp
