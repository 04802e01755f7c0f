#pragma once

#include <functional>
#include <optional>

#include "bootnet/catalog/decide.h"
#include "schema/fleet/ipv4.h"
#include "schema/fleet/mac.h"

namespace slipway {

/// Who stands behind an address, as far as the kernel knows.
struct PeerIdentity {
  ClientOrigin origin = ClientOrigin::kPeer;
  std::optional<Mac> mac;
};
using PeerLookup = std::function<PeerIdentity(Ipv4)>;

/// Asks the kernel's routing and neighbour tables over rtnetlink: an address of this host is the host, one
/// that is reached through a router is nobody, one on a link is whoever answered ARP for it. Takes some tens
/// of microseconds; any failure gives nobody. Any thread.
PeerIdentity IdentifyPeer(Ipv4 peer);

}  // namespace slipway
