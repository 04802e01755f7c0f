#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bootnet/dhcp/packet.h"

namespace slipway::dhcp {

/// What a daemon in `auto` says of itself to others on its link, in the DISCOVERs with which it looks for
/// servers.
struct AutoPeer {
  Ipv4 address;  ///< of its interface; the lower one goes first
  enum class Stand : uint8_t {
    kListening,  ///< it gives no addresses, and does not mean to yet
    kClaiming,   ///< it is about to, unless it hears of somebody
    kServing,
  } stand = Stand::kListening;
  bool operator==(const AutoPeer&) const = default;
};

/// As a user class (option 77, RFC 3004), which other servers pass over: "slipway-auto serving 10.0.0.2".
std::string UserClassOf(const AutoPeer& peer);
/// Nothing for packets of others. What it says is as forgeable as an offer, and does no more than one:
/// whoever believes it gives no addresses for a while.
std::optional<AutoPeer> ReadAutoPeer(const Packet& packet);

}  // namespace slipway::dhcp
