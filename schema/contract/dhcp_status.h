#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/fleet/ipv4.h"
#include "schema/fleet/mac.h"

namespace slipway {

/// What the DHCP server has given of one subnet.
struct PoolStatus {
  Ipv4Prefix subnet;
  uint64_t dynamic = 0;       ///< addresses that any machine may have
  uint64_t bound = 0;         ///< of them, leased now
  uint64_t fixed = 0;         ///< leases of nodes' own addresses
  uint64_t conflicts = 0;     ///< addresses nobody gets for a while, since somebody else uses them
  int64_t full_since = 0;     ///< Unix seconds since when a machine was turned away; 0: there is room
  uint64_t circuit_full = 0;  ///< offers refused since the start to a relay's port that has its share
  bool operator==(const PoolStatus&) const = default;
};

/// Another DHCP server that was heard on a link.
struct ForeignServer {
  Ipv4 id;                       ///< option 54, or where it sent from
  Ipv4 source;                   ///< IP address it sent from
  Mac mac;                       ///< Ethernet address it sent from
  bool gives_addresses = false;  ///< otherwise a proxy
  std::string boot_file;         ///< what it tells machines to boot, "" for nothing
  /// Option 60 without option 43 beside an address: UEFI then asks this server what to boot, and no other.
  bool breaks_uefi = false;
  int64_t last_seen = 0;  ///< Unix seconds
  bool operator==(const ForeignServer&) const = default;
};

/// DHCP on one interface.
struct DhcpLinkStatus {
  std::string interface;
  std::string setting;                 ///< "proxy", "server", "auto", "observe"
  std::string role;                    ///< what it does now: "proxy", "server", "observe"
  std::string reason;                  ///< why, in a sentence
  std::vector<ForeignServer> servers;  ///< last seen first
  bool operator==(const DhcpLinkStatus&) const = default;
};

struct DhcpStatus {
  std::vector<PoolStatus> pools;  ///< empty where no addresses are given
  std::vector<DhcpLinkStatus> links;
  std::string lease_problem;  ///< why leases cannot be kept, "" when they can
  bool operator==(const DhcpStatus&) const = default;
};

}  // namespace slipway
