#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "schema/fleet/ip.h"
#include "schema/fleet/located.h"
#include "schema/fleet/mac.h"
#include "schema/fleet/yaml.h"

/// A node's links beyond the plain address: `Node.spec.network.interfaces`, in the words of Talos'
/// machine.network.interfaces (v1alpha1 Device). Plain values.
namespace slipway {

/// A link by the permanent MAC address of a card, or by its name.
struct LinkRef {
  std::optional<Mac> mac;
  std::string name;  ///< "" where the MAC address says which
  Mark mark;
  bool operator==(const LinkRef& other) const { return mac == other.mac && name == other.name; }
};

struct LinkRoute {
  Mark mark;                        ///< of the route, or of the gateway that it was made for
  std::optional<IpPrefix> network;  ///< none: the default route of the gateway's family
  std::optional<IpAddress> gateway;
  std::optional<IpAddress> source;
  std::optional<int64_t> metric;
  std::optional<int64_t> mtu;
  bool operator==(const LinkRoute& other) const {
    return network == other.network && gateway == other.gateway && source == other.source &&
           metric == other.metric && mtu == other.mtu;
  }
};

struct DhcpOptions {
  std::optional<int64_t> route_metric;
  bool ipv4 = true;
  bool ipv6 = false;
  std::string duid_v6;
  bool operator==(const DhcpOptions&) const = default;
};

/// What any link may have, a VLAN too.
struct LinkSettings {
  std::vector<Located<IpPrefix>> addresses;
  std::vector<LinkRoute> routes;
  bool dhcp = false;
  std::optional<DhcpOptions> dhcp_options;
  std::optional<int64_t> mtu;
  std::optional<Located<IpAddress>> vip;
  bool operator==(const LinkSettings&) const = default;
};

struct Vlan {
  int id = 0;  ///< 1 to 4094
  LinkSettings settings;
  Mark mark;
  bool operator==(const Vlan& other) const { return id == other.id && settings == other.settings; }
};

struct Bond {
  std::vector<LinkRef> members;
  std::string mode;
  std::vector<std::pair<std::string, yaml::Value>> options;  ///< by the v1alpha1 names, in source order
  bool operator==(const Bond&) const = default;
};

struct Bridge {
  std::vector<LinkRef> members;
  std::optional<bool> stp;
  std::optional<bool> vlan_filtering;
  bool operator==(const Bridge&) const = default;
};

struct NetworkInterface {
  LinkRef link;
  LinkSettings settings;
  std::vector<Vlan> vlans;
  std::optional<Bond> bond;
  std::optional<Bridge> bridge;
  bool operator==(const NetworkInterface&) const = default;
};

}  // namespace slipway
