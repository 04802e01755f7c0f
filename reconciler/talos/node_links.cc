#include <algorithm>

#include "reconciler/talos/node_config.h"
#include "reconciler/talos/values.h"

namespace slipway::talos {
namespace {

IpAddress ToIp(Ipv4 address) {
  IpAddress ip;
  for (unsigned i = 0; i < 4; ++i) ip.bytes[i] = static_cast<uint8_t>(address.value >> (24U - 8U * i));
  return ip;
}

/// The link (or VLAN) whose network holds the gateway gets the default route.
bool AddDefaultRoute(LinkSettings& settings, const IpAddress& gateway, Mark mark) {
  const bool holds = std::any_of(settings.addresses.begin(), settings.addresses.end(),
                                 [&gateway](const auto& address) { return address.value.Contains(gateway); });
  if (!holds) return false;
  LinkRoute route;
  route.gateway = gateway;
  route.mark = mark;
  settings.routes.insert(settings.routes.begin(), route);
  return true;
}

}  // namespace

yaml::Value Nameservers(const Node& node, const NodePlaces& places,
                        const std::function<yaml::Value(yaml::Value address)>& item) {
  return ListOf(node.nameservers, [&](const Located<Ipv4>& address) {
    return item(Placed(address.value.ToString(), places.Of(address.mark, node.nameservers_by)));
  });
}

std::vector<NetworkInterface> LinksOf(const Node& node, const NodePlaces& places) {
  std::vector<NetworkInterface> links;
  if (!node.addresses.empty() && !node.macs.empty()) {
    NetworkInterface plain;
    plain.link = {node.macs.front().value, "", node.macs.front().mark};
    for (const auto& address : node.addresses) {
      plain.settings.addresses.push_back({{ToIp(address.value.address), address.value.length}, address.mark});
    }
    links.push_back(std::move(plain));
  }
  const auto& own = node.Details().interfaces;
  links.insert(links.end(), own.begin(), own.end());
  if (!node.gateway) return links;
  const IpAddress gateway = ToIp(node.gateway->value);
  const Mark mark = places.Of(node.gateway->mark, node.gateway_by);
  for (NetworkInterface& link : links) {
    if (AddDefaultRoute(link.settings, gateway, mark)) return links;
    for (Vlan& vlan : link.vlans) {
      if (AddDefaultRoute(vlan.settings, gateway, mark)) return links;
    }
  }
  return links;
}

}  // namespace slipway::talos
