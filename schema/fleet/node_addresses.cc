#include "schema/fleet/node_addresses.h"

#include <algorithm>

namespace slipway {
namespace {

/// Calls `visit` with the settings of every link and VLAN.
template <class Visit>
void EveryLink(const Node& node, const Visit& visit) {
  for (const NetworkInterface& interface : node.Details().interfaces) {
    visit(interface.settings);
    for (const Vlan& vlan : interface.vlans) visit(vlan.settings);
  }
}

}  // namespace

std::vector<Located<IpPrefix>> AddressesOf(const Node& node) {
  std::vector<Located<IpPrefix>> all;
  for (const auto& plain : node.addresses) {
    IpPrefix prefix;
    for (unsigned i = 0; i < 4; ++i) {
      prefix.address.bytes[i] = static_cast<uint8_t>(plain.value.address.value >> (24U - 8U * i));
    }
    prefix.length = plain.value.length;
    all.push_back({prefix, plain.mark});
  }
  EveryLink(node, [&all](const LinkSettings& settings) {
    all.insert(all.end(), settings.addresses.begin(), settings.addresses.end());
  });
  return all;
}

std::vector<Located<Ipv4Prefix>> Ipv4AddressesOf(const Node& node) {
  std::vector<Located<Ipv4Prefix>> all = node.addresses;
  EveryLink(node, [&all](const LinkSettings& settings) {
    for (const auto& address : settings.addresses) {
      if (address.value.address.v6) continue;
      Ipv4Prefix prefix;
      for (unsigned i = 0; i < 4; ++i) {
        prefix.address.value = prefix.address.value << 8U | address.value.address.bytes[i];
      }
      prefix.length = address.value.length;
      all.push_back({prefix, address.mark});
    }
  });
  return all;
}

std::vector<Located<IpAddress>> VirtualIpsOf(const Node& node) {
  std::vector<Located<IpAddress>> all;
  EveryLink(node, [&all](const LinkSettings& settings) {
    if (settings.vip) all.push_back(*settings.vip);
  });
  return all;
}

bool HasOwnDefaultRoute(const Node& node) {
  bool found = false;
  EveryLink(node, [&found](const LinkSettings& settings) {
    const bool asks = settings.dhcp && (!settings.dhcp_options || settings.dhcp_options->ipv4);
    found = found || asks ||
            std::any_of(settings.routes.begin(), settings.routes.end(), [](const LinkRoute& route) {
              return !route.network && route.gateway && !route.gateway->v6;
            });
  });
  return found;
}

}  // namespace slipway
