// Interfaces in Slipway's own words: only where they come out as the very same section.
#include <algorithm>
#include <initializer_list>

#include "reconciler/import/fields.h"
#include "reconciler/import/talhelper_links.h"
#include "schema/fleet/ip.h"
#include "schema/fleet/mac.h"

namespace slipway::imports {
namespace {

bool OnlyKeys(const yaml::Value& value, std::initializer_list<std::string_view> known) {
  const yaml::Mapping* entries = value.AsMapping();
  return entries != nullptr &&
         std::all_of(entries->begin(), entries->end(), [known](const yaml::Entry& entry) {
           return std::find(known.begin(), known.end(), entry.key) != known.end();
         });
}

template <class Parsed>
bool IsCanonical(const std::string& text) {
  const auto parsed = Parsed::Parse(text);
  return parsed && parsed->ToString() == text;
}

bool SameRoute(const yaml::Value& route) {
  if (!OnlyKeys(route, {"network", "gateway", "source", "metric", "mtu"})) return false;
  if (!IsCanonical<IpPrefix>(Text(route, "network"))) return false;
  for (const std::string_view key : {"gateway", "source"}) {
    if (route.Find(key) != nullptr && !IsCanonical<IpAddress>(Text(route, key))) return false;
  }
  return true;
}

/// Slipway always says whether a link asks for DHCP, so the user must have said so too.
bool SameSettings(const yaml::Value& settings) {
  const yaml::Value* dhcp = settings.Find("dhcp");
  if (dhcp == nullptr || dhcp->AsBool() == nullptr) return false;
  if (const yaml::Value* options = settings.Find("dhcpOptions")) {
    if (!OnlyKeys(*options, {"routeMetric", "ipv4", "ipv6"})) return false;
    for (const std::string_view key : {"ipv4", "ipv6"}) {
      const yaml::Value* value = options->Find(key);
      if (value == nullptr || value->AsBool() == nullptr) return false;
    }
  }
  if (const yaml::Value* vip = settings.Find("vip")) {
    if (!OnlyKeys(*vip, {"ip"}) || !IsCanonical<IpAddress>(Text(*vip, "ip"))) return false;
  }
  const auto addresses = TextList(settings, "addresses");
  const auto& routes = List(settings, "routes");
  return std::all_of(addresses.begin(), addresses.end(), IsCanonical<IpPrefix>) &&
         std::all_of(routes.begin(), routes.end(), SameRoute);
}

bool SameInterface(const yaml::Value& device) {
  if (!OnlyKeys(device, {"interface", "deviceSelector", "addresses", "routes", "dhcp", "dhcpOptions", "mtu",
                         "vip", "vlans"}) ||
      !SameSettings(device)) {
    return false;
  }
  const auto& vlans = List(device, "vlans");
  const bool same = std::all_of(vlans.begin(), vlans.end(), [](const yaml::Value& vlan) {
    return OnlyKeys(vlan, {"vlanId", "addresses", "routes", "dhcp", "dhcpOptions", "mtu", "vip"}) &&
           SameSettings(vlan);
  });
  if (!same) return false;
  const yaml::Value* selector = device.Find("deviceSelector");
  if (selector == nullptr) return !Text(device, "interface").empty();
  const std::string text = Text(*selector, "hardwareAddr");
  const auto mac = Mac::Parse(text);
  return device.Find("interface") == nullptr && OnlyKeys(*selector, {"hardwareAddr"}) && mac &&
         mac->ToColons() == text;
}

}  // namespace

std::optional<yaml::Value> NativeInterfaces(const yaml::Sequence& devices) {
  yaml::Sequence interfaces;
  for (const yaml::Value& device : devices) {
    if (!SameInterface(device)) return std::nullopt;
    yaml::Value interface {
      yaml::Mapping {}
    };
    if (const yaml::Value* selector = device.Find("deviceSelector")) {
      interface.At("mac") = yaml::Value(Text(*selector, "hardwareAddr"));
    }
    for (const yaml::Entry& entry : *device.AsMapping()) {
      if (entry.key != "deviceSelector") interface.At(entry.key) = entry.value;
    }
    interfaces.push_back(std::move(interface));
  }
  return yaml::Value(std::move(interfaces));
}

}  // namespace slipway::imports
