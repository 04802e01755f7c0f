// A Site's subnets: what nodes take over from them, and what the DHCP server tells machines.
#include <algorithm>

#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"
#include "schema/fleet/forms.h"

namespace slipway {
namespace {

bool IsHostOf(const Ipv4Prefix& network, Ipv4 address) {
  return network.Contains(address) && address != network.Network() && address != network.Broadcast();
}

void DecodeRange(const yaml::Value& item, Reporter& reporter, Subnet& subnet) {
  if (item.AsString() == nullptr) return;
  const auto range = AddressRange::Parse(*item.AsString());
  if (!range) {
    return reporter.Error(item.mark(), code::kBadDhcpOption,
                          Tick(*item.AsString()) + " is no range of addresses",
                          "write the first and the last one, like 10.0.128.100-10.0.128.199");
  }
  if (!IsHostOf(subnet.cidr, range->first) || !IsHostOf(subnet.cidr, range->last)) {
    return reporter.Error(
        item.mark(), code::kBadDhcpOption,
        "the range " + range->ToString() + " leads out of the host addresses of " + subnet.cidr.ToString(),
        "keep both ends inside the network, without its first and last address");
  }
  for (const AddressRange& other : subnet.ranges) {
    if (other.last < range->first || range->last < other.first) continue;
    return reporter.Error(item.mark(), code::kBadDhcpOption,
                          "the range " + range->ToString() + " overlaps with " + other.ToString(),
                          "keep ranges apart");
  }
  subnet.ranges.push_back(*range);
}

void DecodeRoute(const yaml::Value& item, Reporter& reporter, Subnet& subnet) {
  const Located<std::string> to = TextOf(item, "to");
  const yaml::Value* via = item.Find("via");
  const auto network = Ipv4Prefix::Parse(to.value);
  if (!network || via == nullptr || via->AsString() == nullptr) return;
  if (network->address != network->Network()) {
    return reporter.Error(to.mark, code::kBadDhcpOption, Tick(to.value) + " is an address inside its network",
                          "write " + Tick(Ipv4Prefix{network->Network(), network->length}.ToString()));
  }
  const auto router = DecodeHostAddress(*via, "router", reporter);
  if (!router) return;
  if (!IsHostOf(subnet.cidr, router->value)) {
    return reporter.Error(
        via->mark(), code::kBadDhcpOption,
        "the router " + router->value.ToString() + " is no host address of " + subnet.cidr.ToString(),
        "name a router that machines of this network reach directly");
  }
  subnet.routes.push_back({*network, router->value});
}

void DecodeDhcpOptions(const yaml::Value& item, Reporter& reporter, Subnet& subnet) {
  for (const yaml::Value& range : ItemsOf(item, "ranges")) DecodeRange(range, reporter, subnet);
  for (const yaml::Value& server : ItemsOf(item, "ntpServers")) {
    if (const auto address = DecodeHostAddress(server, "NTP server", reporter))
      subnet.ntp_servers.push_back(address->value);
  }
  subnet.domain = DecodeDomain(item, reporter);
  if (const auto mtu = NumberOf(item, "mtu")) subnet.mtu = static_cast<uint16_t>(*mtu);
  for (const yaml::Value& route : ItemsOf(item, "routes")) DecodeRoute(route, reporter, subnet);
  subnet.lease_seconds = SecondsOf(item, "leaseTime", subnet.lease_seconds);
}

}  // namespace

void DecodeSubnet(const yaml::Value& item, Reporter& reporter, Site& site) {
  const Located<std::string> cidr = TextOf(item, "cidr");
  if (cidr.value.empty()) return;
  const auto prefix = Ipv4Prefix::Parse(cidr.value);
  if (!prefix || prefix->length < 8 || prefix->length > 30) {
    reporter.Error(cidr.mark, code::kBadSubnet,
                   Tick(cidr.value) + " is no IPv4 network that machines could share",
                   "write a network address and a length from 8 to 30, like 10.0.128.0/24");
    return;
  }
  if (prefix->address != prefix->Network()) {
    reporter.Error(cidr.mark, code::kBadSubnet, Tick(cidr.value) + " is an address inside its network",
                   "write " + Tick(Ipv4Prefix{prefix->Network(), prefix->length}.ToString()));
    return;
  }
  Subnet subnet;
  subnet.cidr = *prefix;
  for (const auto& [server, mark] : DecodeNameservers(item, reporter)) {
    subnet.nameservers.push_back(server);
    subnet.places.nameservers.push_back(mark);
  }
  if (const yaml::Value* gateway = item.Find("gateway")) {
    const auto address = DecodeHostAddress(*gateway, "gateway", reporter);
    if (address) subnet.gateway = address->value;
    subnet.places.gateway = gateway->mark();
    const bool inside = subnet.gateway && prefix->Contains(*subnet.gateway) &&
                        *subnet.gateway != prefix->Network() && *subnet.gateway != prefix->Broadcast();
    if (subnet.gateway && !inside) {
      reporter.Error(
          gateway->mark(), code::kGatewayOutsideSubnet,
          "the gateway " + subnet.gateway->ToString() + " is no host address of " + prefix->ToString(),
          "name a gateway inside the network");
      subnet.gateway.reset();
    }
  }
  DecodeDhcpOptions(item, reporter, subnet);
  for (const Subnet& other : site.subnets) {
    if (!other.cidr.Contains(prefix->address) && !prefix->Contains(other.cidr.address)) continue;
    reporter.Error(cidr.mark, code::kOverlappingSubnets,
                   prefix->ToString() + " overlaps with " + other.cidr.ToString(),
                   "keep networks apart: each address must lie in at most one");
    return;
  }
  site.subnets.push_back(std::move(subnet));
}

std::string DecodeDomain(const yaml::Value& parent, Reporter& reporter) {
  Located<std::string> domain = TextOf(parent, "domain");
  if (domain.mark.line == 0 || forms::IsHostname(domain.value)) return std::move(domain.value);
  reporter.Error(domain.mark, code::kBadHostname, Tick(domain.value) + " is no DNS domain",
                 "use letters, digits and '-' in labels of at most 63 characters, joined by dots");
  return {};
}

}  // namespace slipway
