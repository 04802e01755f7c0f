#pragma once

#include <vector>

#include "schema/fleet/fleet.h"

namespace slipway {

/// Every static address of a node, wherever it is written: the plain ones, then those of its links and VLANs,
/// in source order. Virtual IPs are not among them.
std::vector<Located<IpPrefix>> AddressesOf(const Node& node);

/// Likewise, IPv4 alone.
std::vector<Located<Ipv4Prefix>> Ipv4AddressesOf(const Node& node);

/// The virtual IPs that a node says, at most one a link.
std::vector<Located<IpAddress>> VirtualIpsOf(const Node& node);

/// Whether one of its links has an IPv4 default route of its own, or gets one by DHCP.
bool HasOwnDefaultRoute(const Node& node);

}  // namespace slipway
