#pragma once

#include <cstdint>

#include "schema/fleet/ipv4.h"

namespace slipway::tftp {

/// The other end of a transfer, and the address of ours that it speaks to.
struct Peer {
  Ipv4 address;
  uint16_t port = 0;
  Ipv4 local;
  bool operator==(const Peer&) const = default;
};

/// Whether anything may be sent to where a datagram claims to come from. Not to multicast, broadcast or
/// unassigned addresses, not to ourselves (`own_port` is the one it was sent to), and not to the ports of
/// services that answer whatever reaches them (echo, daytime, quotd, chargen, time: RFC 862 to 868), which
/// would never stop.
bool MayAnswer(const Peer& peer, uint16_t own_port);

}  // namespace slipway::tftp
