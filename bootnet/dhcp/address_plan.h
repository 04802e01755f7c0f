#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "schema/contract/manifest.h"
#include "schema/fleet/ipv4.h"
#include "schema/fleet/mac.h"

namespace slipway::dhcp {

/// Which addresses the served revision lets a DHCP server give, and to whom. Immutable; a copy of what it
/// needs of the manifest, so it outlives the catalog.
class AddressPlan {
 public:
  /// Of larger ranges only the first this many addresses of a subnet are dynamic: a flood of forged machines
  /// fills no more memory than that.
  static constexpr uint64_t kMostDynamic = 262'144;

  AddressPlan() = default;
  /// `own`: the addresses of this host, which nobody else may have.
  AddressPlan(const Manifest& manifest, const std::vector<Ipv4>& own);

  const std::vector<Subnet>& subnets() const { return subnets_; }  ///< ranges cut to kMostDynamic
  const Subnet* SubnetOf(Ipv4 address) const;                      ///< nullptr where the Site names none

  /// The fixed address of the node with this MAC; nothing for a machine that has none in any subnet.
  std::optional<Ipv4> FixedOf(const Mac& mac) const;
  /// The node behind a MAC; "" for a machine that is in no revision.
  const std::string& NodeOf(const Mac& mac) const;
  /// Host name to tell the machine; "" for a machine that is in no revision.
  const std::string& HostnameOf(const Mac& mac) const;

  /// Whether any client may have the address: it is inside a range of its subnet, and neither a node's fixed
  /// address, nor an address behind a served name (an endpoint that nodes share), nor a router, name or time
  /// server, nor this host.
  bool IsDynamic(Ipv4 address) const;
  /// How many such addresses a subnet has.
  uint64_t DynamicCount(const Subnet& subnet) const;

 private:
  struct Machine {
    std::string node;
    std::string hostname;
    std::optional<Ipv4> fixed;
  };
  void Reserve(const Manifest& manifest, const std::vector<Ipv4>& own);

  std::vector<Subnet> subnets_;
  std::unordered_map<Mac, Machine> machines_;
  std::unordered_set<uint32_t> reserved_;
};

}  // namespace slipway::dhcp
