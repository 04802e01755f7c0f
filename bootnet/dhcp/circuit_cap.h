#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>

#include "bootnet/dhcp/address_plan.h"
#include "bootnet/dhcp/lease_table.h"

namespace slipway::dhcp {

/// Keeps one port of a relay, which asks under any number of MACs, from taking a whole range: where machines
/// of several circuits (RFC 3046) were seen in a subnet, a circuit gets a further address only while it holds
/// fewer than are free for all. So one alone gets half of them, two get a third each, and a port with few
/// machines always finds one. Relays that tell their ports not apart are not concerned. Addresses count by
/// the circuit that they were last asked through, since the start. Pure; the caller brings the clock, Unix
/// seconds.
class CircuitCap {
 public:
  /// Whether a newcomer of the circuit may have an address of the subnet; it then counts as having one.
  bool Take(uint64_t circuit, const Subnet& subnet, const AddressPlan& plan, const LeaseTable& table,
            int64_t now);

 private:
  struct Share {
    uint64_t live = 0;                                ///< dynamic addresses that somebody has
    std::unordered_map<uint64_t, uint64_t> circuits;  ///< how many of them, also none, by circuit
  };
  void Count(const AddressPlan& plan, const LeaseTable& table, int64_t now);

  int64_t counted_at_ = 0;            ///< a count stands for a second
  std::map<uint32_t, Share> shares_;  ///< by network
};

}  // namespace slipway::dhcp
