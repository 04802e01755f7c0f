#include "bootnet/dhcp/lease_options.h"

#include <algorithm>
#include <array>
#include <functional>

namespace slipway::dhcp {
namespace {

constexpr uint32_t kShortest = 60;

void PutAddress(std::vector<uint8_t>& out, Ipv4 address, size_t octets = 4) {
  for (size_t i = 0; i < octets; ++i) out.push_back(static_cast<uint8_t>(address.value >> (24 - 8 * i)));
}

/// RFC 3442: prefix length, the octets of the network that matter, the router.
std::vector<uint8_t> ClasslessRoutes(const Subnet& subnet) {
  std::vector<uint8_t> out;
  if (subnet.gateway) {
    out.push_back(0);
    PutAddress(out, *subnet.gateway);
  }
  for (const StaticRoute& route : subnet.routes) {
    out.push_back(route.to.length);
    PutAddress(out, route.to.Network(), (route.to.length + 7U) / 8U);
    PutAddress(out, route.via);
  }
  return out;
}

std::span<const uint8_t> BytesOf(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

LeaseTerms TermsFor(const Packet& packet, const Subnet& subnet) {
  LeaseTerms terms;
  const uint32_t asked = packet.options.Long(kOptLeaseTime).value_or(subnet.lease_seconds);
  terms.lease = std::min(std::max(asked, kShortest), subnet.lease_seconds);
  const auto spread = static_cast<uint32_t>(std::hash<Mac>{}(packet.mac) >> 32U) % (terms.lease / 16 + 1);
  terms.renewal = terms.lease / 2 - spread;
  terms.rebinding = terms.lease - terms.lease / 8 - spread;
  return terms;
}

void WriteTerms(ReplyWriter& writer, const LeaseTerms& terms) {
  writer.AddLong(kOptLeaseTime, terms.lease);
  writer.AddLong(kOptRenewalTime, terms.renewal);
  writer.AddLong(kOptRebindingTime, terms.rebinding);
}

void WriteSubnetOptions(ReplyWriter& writer, const Packet& packet, const Subnet& subnet,
                        std::string_view hostname) {
  const auto list = packet.options.Find(kOptParameterList);
  const auto wants = [&](uint8_t code) {
    if (!list) return code != kOptClasslessRoutes;
    return std::find(list->begin(), list->end(), code) != list->end();
  };
  const auto addresses = [&](uint8_t code, std::span<const Ipv4> values) {
    if (wants(code)) writer.AddAddresses(code, values);
  };
  const auto text = [&](uint8_t code, std::string_view value) {
    if (wants(code) && !value.empty()) writer.AddIfFits(code, BytesOf(value));
  };
  const Ipv4 mask{subnet.cidr.Mask()};
  addresses(kOptSubnetMask, std::span(&mask, 1));
  if (wants(kOptClasslessRoutes) && !subnet.routes.empty()) {
    writer.AddIfFits(kOptClasslessRoutes, ClasslessRoutes(subnet));
  }
  if (subnet.gateway) addresses(kOptRouters, std::span(&*subnet.gateway, 1));
  addresses(kOptNameServers, subnet.nameservers);
  text(kOptHostName, hostname);
  text(kOptDomainName, subnet.domain);
  if (subnet.mtu && wants(kOptMtu)) {
    const std::array<uint8_t, 2> mtu{static_cast<uint8_t>(*subnet.mtu >> 8U),
                                     static_cast<uint8_t>(*subnet.mtu)};
    writer.AddIfFits(kOptMtu, mtu);
  }
  addresses(kOptNtpServers, subnet.ntp_servers);
  const Ipv4 broadcast = subnet.cidr.Broadcast();
  if (list) addresses(kOptBroadcast, std::span(&broadcast, 1));
}

}  // namespace slipway::dhcp
