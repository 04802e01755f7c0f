#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/diagnostic.h"
#include "schema/fleet/ipv4.h"

/// What a Site says of the networks that machines get their addresses in.
namespace slipway {

/// Both ends belong to it.
struct AddressRange {
  Ipv4 first;
  Ipv4 last;
  bool operator==(const AddressRange&) const = default;

  bool Contains(Ipv4 address) const { return first <= address && address <= last; }
  std::string ToString() const;  ///< "10.0.128.100-10.0.128.199"
  /// As ToString writes it, spaces around the hyphen allowed; `first` is not above `last`.
  static std::optional<AddressRange> Parse(std::string_view text);
};

/// A classless static route (RFC 3442).
struct StaticRoute {
  Ipv4Prefix to;  ///< without host bits; 0.0.0.0/0 is allowed
  Ipv4 via;
  bool operator==(const StaticRoute&) const = default;
};

/// Where a Site says what nodes take over from a subnet. Equality ignores it.
struct SubnetPlaces {
  Mark gateway;
  std::vector<Mark> nameservers;
  bool operator==(const SubnetPlaces&) const { return true; }
};

struct Subnet {
  Ipv4Prefix cidr;
  std::optional<Ipv4> gateway;
  std::vector<Ipv4> nameservers;
  // For the DHCP server alone.
  std::vector<AddressRange> ranges;  ///< of dynamic addresses; none: fixed addresses only
  std::vector<Ipv4> ntp_servers;
  std::string domain;           ///< "" where none is told
  std::optional<uint16_t> mtu;  ///< bytes
  std::vector<StaticRoute> routes;
  uint32_t lease_seconds = 3600;
  SubnetPlaces places{};
  bool operator==(const Subnet&) const = default;
};

/// The names that Slipway answers for, where it is asked to.
struct DnsSettings {
  bool enabled = false;
  std::string domain;  ///< what a host name without dots is completed with; may be ""
  uint32_t ttl_seconds = 60;
  bool operator==(const DnsSettings&) const = default;
};

}  // namespace slipway
