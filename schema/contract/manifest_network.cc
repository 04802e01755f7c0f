#include "schema/contract/manifest_network.h"

#include <algorithm>

#include "schema/contract/json_text.h"

namespace slipway {
namespace {

/// `"key":"value"` behind a comma where it is not the first of its row; nothing for an empty value.
void AppendText(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  if (out.back() != '{') out += ',';
  out += '"';
  out += key;
  out += "\":";
  AppendJsonString(out, value);
}

template <class List, class ToText>
std::string Join(const List& list, ToText to_text) {
  std::string text;
  for (const auto& item : list) text += (text.empty() ? "" : " ") + to_text(item);
  return text;
}

std::string JoinAddresses(const std::vector<Ipv4>& addresses) {
  return Join(addresses, [](Ipv4 address) { return address.ToString(); });
}

/// Calls `take` with each word; false as soon as that is.
template <class Take>
bool EachWord(std::string_view text, Take take) {
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (!take(text.substr(0, end))) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

bool ReadAddresses(std::string_view text, std::vector<Ipv4>& out) {
  return EachWord(text, [&out](std::string_view word) {
    const auto address = Ipv4::Parse(word);
    if (address) out.push_back(*address);
    return address.has_value();
  });
}

bool ReadRoute(std::string_view word, std::vector<StaticRoute>& out) {
  const size_t sign = word.find('=');
  if (sign == std::string_view::npos) return false;
  const auto to = Ipv4Prefix::Parse(word.substr(0, sign));
  const auto via = Ipv4::Parse(word.substr(sign + 1));
  if (!to || !via) return false;
  out.push_back({*to, *via});
  return true;
}

}  // namespace

void AppendSubnet(std::string& out, const Subnet& subnet) {
  out += '{';
  AppendText(out, "cidr", subnet.cidr.ToString());
  if (subnet.gateway) AppendText(out, "gateway", subnet.gateway->ToString());
  AppendText(out, "nameservers", JoinAddresses(subnet.nameservers));
  AppendText(out, "ranges", Join(subnet.ranges, [](const AddressRange& range) { return range.ToString(); }));
  AppendText(out, "ntpServers", JoinAddresses(subnet.ntp_servers));
  AppendText(out, "domain", subnet.domain);
  AppendText(out, "routes", Join(subnet.routes, [](const StaticRoute& route) {
               return route.to.ToString() + '=' + route.via.ToString();
             }));
  if (subnet.mtu) out += ",\"mtu\":" + std::to_string(*subnet.mtu);
  out += ",\"leaseSeconds\":" + std::to_string(subnet.lease_seconds) + '}';
}

void AppendName(std::string& out, const DnsName& name) {
  out += '{';
  AppendText(out, "name", name.name);
  AppendText(out, "addresses", JoinAddresses(name.addresses));
  out += '}';
}

void AppendCluster(std::string& out, const ClusterEntry& cluster) {
  out += '{';
  AppendText(out, "name", cluster.name);
  AppendText(out, "osCa", cluster.os_ca);
  out += '}';
}

bool SetSubnetText(Subnet& subnet, std::string_view key, std::string_view value) {
  if (key == "cidr") {
    const auto cidr = Ipv4Prefix::Parse(value);
    if (cidr) subnet.cidr = *cidr;
    return cidr.has_value();
  }
  if (key == "gateway") {
    subnet.gateway = Ipv4::Parse(value);
    return subnet.gateway.has_value();
  }
  if (key == "nameservers") return ReadAddresses(value, subnet.nameservers);
  if (key == "ntpServers") return ReadAddresses(value, subnet.ntp_servers);
  if (key == "domain") {
    subnet.domain = value;
    return true;
  }
  if (key == "routes") {
    return EachWord(value, [&](std::string_view word) { return ReadRoute(word, subnet.routes); });
  }
  if (key != "ranges") return false;
  return EachWord(value, [&subnet](std::string_view word) {
    const auto range = AddressRange::Parse(word);
    if (range) subnet.ranges.push_back(*range);
    return range.has_value();
  });
}

bool SetSubnetNumber(Subnet& subnet, std::string_view key, int64_t value) {
  if (key == "mtu") {
    if (value < 0 || value > 65535) return false;
    subnet.mtu = static_cast<uint16_t>(value);
    return true;
  }
  if (key != "leaseSeconds" || value < 1 || value > 0xffffffffLL) return false;
  subnet.lease_seconds = static_cast<uint32_t>(value);
  return true;
}

bool SetName(DnsName& name, std::string_view key, std::string_view value) {
  if (key == "name") {
    name.name = value;
    return !value.empty();
  }
  return key == "addresses" && ReadAddresses(value, name.addresses);
}

bool SetCluster(ClusterEntry& cluster, std::string_view key, std::string_view value) {
  if (key == "name") {
    cluster.name = value;
  } else if (key == "osCa") {
    cluster.os_ca = value;
  } else {
    return false;
  }
  return true;
}

}  // namespace slipway
