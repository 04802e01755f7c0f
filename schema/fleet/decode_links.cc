// `Node.spec.network.interfaces`. The rules are those of Talos' own validation (v1alpha1_validation.go,
// CheckDeviceInterface and its siblings).
#include <algorithm>
#include <set>

#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"

namespace slipway {
namespace {

std::optional<IpAddress> DecodeIp(const Located<std::string>& text, std::string_view what,
                                  Reporter& reporter) {
  if (text.mark.line == 0) return std::nullopt;
  const auto address = IpAddress::Parse(text.value);
  if (!address || address->IsUnspecified()) {
    reporter.Error(text.mark, code::kBadIp,
                   "the " + std::string(what) + ' ' + Tick(text.value) + " is no address of a machine",
                   "write an IPv4 or IPv6 address, like 10.0.128.1 or fd00:128::1");
    return std::nullopt;
  }
  return address;
}

std::optional<IpPrefix> DecodePrefix(const Located<std::string>& text, std::string_view what,
                                     Reporter& reporter) {
  const auto prefix = IpPrefix::Parse(text.value);
  if (!prefix) {
    reporter.Error(
        text.mark, code::kBadIp,
        "the " + std::string(what) + ' ' + Tick(text.value) + " is no address with a prefix length",
        "write it like 10.0.128.2/24 or fd00:128::2/64");
  }
  return prefix;
}

void DecodeRoute(const yaml::Value& item, Reporter& reporter, std::vector<LinkRoute>& routes) {
  LinkRoute route;
  route.mark = item.mark();
  const Located<std::string> network = TextOf(item, "network");
  if (network.mark.line > 0) {
    route.network = DecodePrefix(network, "network", reporter);
    if (!route.network) return;
  }
  route.gateway = DecodeIp(TextOf(item, "gateway"), "gateway", reporter);
  route.source = DecodeIp(TextOf(item, "source"), "source", reporter);
  route.metric = NumberOf(item, "metric");
  route.mtu = NumberOf(item, "mtu");
  if (!route.network && !route.gateway && item.Find("gateway") == nullptr) {
    reporter.Error(item.mark(), code::kBadLink, "a route needs a network or a gateway",
                   "add `gateway` for the default route, or `network`");
    return;
  }
  // The default route has no destination: Talos' documents refuse one of length 0.
  if (route.network && route.network->length == 0 && route.network->address.IsUnspecified() &&
      route.gateway) {
    route.network.reset();
  }
  routes.push_back(route);
}

LinkSettings DecodeSettings(const yaml::Value& item, Reporter& reporter) {
  LinkSettings settings;
  for (const yaml::Value& address : ItemsOf(item, "addresses")) {
    if (address.AsString() == nullptr) continue;
    if (const auto prefix = DecodePrefix({*address.AsString(), address.mark()}, "address", reporter)) {
      settings.addresses.push_back({*prefix, address.mark()});
    }
  }
  for (const yaml::Value& route : ItemsOf(item, "routes")) DecodeRoute(route, reporter, settings.routes);
  settings.dhcp = FlagOf(item, "dhcp").value_or(false);
  settings.mtu = NumberOf(item, "mtu");
  if (const yaml::Value* options = item.Find("dhcpOptions")) {
    settings.dhcp_options =
        DhcpOptions{NumberOf(*options, "routeMetric"), FlagOf(*options, "ipv4").value_or(true),
                    FlagOf(*options, "ipv6").value_or(false), TextOf(*options, "duidv6").value};
    if (!settings.dhcp) {
      reporter.Error(options->mark(), code::kBadLink, "`dhcpOptions` without `dhcp: true` do nothing",
                     "add `dhcp: true`, or remove them");
    }
  }
  if (const yaml::Value* vip = item.Find("vip")) {
    const Located<std::string> text = TextOf(*vip, "ip");
    if (const auto address = DecodeIp(text, "virtual IP", reporter)) {
      settings.vip = Located<IpAddress>{*address, text.mark};
    }
  }
  return settings;
}

std::vector<LinkRef> DecodeMembers(const yaml::Value& item, std::string_view what, Reporter& reporter) {
  std::vector<LinkRef> members;
  for (const yaml::Value& mac : ItemsOf(item, "macs")) {
    const auto parsed = mac.AsString() == nullptr ? std::nullopt : Mac::Parse(*mac.AsString());
    if (parsed) members.push_back({parsed, "", mac.mark()});
  }
  const bool by_mac = !ItemsOf(item, "macs").empty();
  const bool by_name = !ItemsOf(item, "interfaces").empty();
  for (const yaml::Value& name : ItemsOf(item, "interfaces")) {
    if (name.AsString() != nullptr) members.push_back({std::nullopt, *name.AsString(), name.mark()});
  }
  if (by_mac && by_name) {
    reporter.Error(item.mark(), code::kBadLink,
                   "a " + std::string(what) + " names its members by `macs` or by `interfaces`, not by both",
                   "keep one of the two; `macs` survive a renamed interface");
  } else if (!by_mac && !by_name && what == "bond") {
    reporter.Error(item.mark(), code::kBadLink, "a bond needs members", "add `macs`");
  }
  return members;
}

/// Milliseconds that must be a multiple of miimon, as the kernel counts them.
void CheckDelay(const yaml::Value& item, std::string_view key, Reporter& reporter) {
  const yaml::Value* found = item.Find(key);
  const int64_t delay = NumberOf(item, key).value_or(0);
  const int64_t miimon = NumberOf(item, "miimon").value_or(0);
  if (found == nullptr || (miimon > 0 ? delay % miimon == 0 : delay == 0)) return;
  reporter.Error(
      found->mark(), code::kBadBond,
      '`' + std::string(key) + "` must be a multiple of `miimon`" + (miimon == 0 ? ", which is 0" : ""),
      miimon == 0 ? "set `miimon`, like 100" : "write a multiple of " + std::to_string(miimon));
}

void CheckBond(const yaml::Value& item, const std::string& mode, Reporter& reporter) {
  const bool lacp = mode == "802.3ad";
  const bool balanced = mode == "balance-alb" || mode == "balance-tlb";
  CheckDelay(item, "updelay", reporter);
  CheckDelay(item, "downdelay", reporter);
  const auto refuse = [&](std::string_view key, bool wrong, const std::string& why) {
    const yaml::Value* found = item.Find(key);
    if (found == nullptr || !wrong) return;
    reporter.Error(found->mark(), code::kBadBond, '`' + std::string(key) + "` " + why + ", not " + mode,
                   "remove it, or change the mode");
  };
  refuse("lacpRate", !lacp, "belongs to mode 802.3ad");
  refuse("primary", !balanced && mode != "active-backup",
         "belongs to active-backup, balance-alb and balance-tlb");
  refuse("arpInterval", (lacp || balanced) && NumberOf(item, "arpInterval").value_or(0) > 0,
         "does not go with 802.3ad, balance-alb and balance-tlb");
}

Bond DecodeBond(const yaml::Value& item, Reporter& reporter) {
  Bond bond;
  bond.members = DecodeMembers(item, "bond", reporter);
  bond.mode = TextOf(item, "mode").value;
  CheckBond(item, bond.mode, reporter);
  for (const yaml::Entry& option : *item.AsMapping()) {
    if (option.key == "macs" || option.key == "interfaces" || option.key == "mode") continue;
    bond.options.emplace_back(option.key, option.value);
  }
  return bond;
}

Bridge DecodeBridge(const yaml::Value& item, Reporter& reporter) {
  Bridge bridge;
  bridge.members = DecodeMembers(item, "bridge", reporter);
  if (const yaml::Value* stp = item.Find("stp")) bridge.stp = FlagOf(*stp, "enabled");
  if (const yaml::Value* vlan = item.Find("vlan")) bridge.vlan_filtering = FlagOf(*vlan, "vlanFiltering");
  return bridge;
}

void DecodeVlans(const yaml::Value& item, Reporter& reporter, std::vector<Vlan>& vlans) {
  std::set<int64_t> seen;
  for (const yaml::Value& part : ItemsOf(item, "vlans")) {
    const int64_t id = NumberOf(part, "vlanId").value_or(0);
    if (id == 0) continue;
    if (!seen.insert(id).second) {
      reporter.Error(part.mark(), code::kBadLink,
                     "VLAN " + std::to_string(id) + " is listed twice on this link", "keep one of the two");
      continue;
    }
    vlans.push_back({static_cast<int>(id), DecodeSettings(part, reporter), part.mark()});
  }
}

/// Which link an item is about.
LinkRef DecodeLink(const yaml::Value& item, const std::vector<Located<Mac>>& identity, Reporter& reporter) {
  const Located<std::string> mac = TextOf(item, "mac");
  const Located<std::string> name = TextOf(item, "interface");
  const bool logical = item.Find("bond") != nullptr || item.Find("bridge") != nullptr;
  LinkRef link{std::nullopt, name.value, item.mark()};
  if (item.Find("bond") != nullptr && item.Find("bridge") != nullptr) {
    reporter.Error(item.mark(), code::kBadLink, "a link is a bond or a bridge, not both",
                   "make two links of it: a bridge may have a bond as its member");
  }
  if (mac.mark.line > 0 && name.mark.line > 0) {
    reporter.Error(mac.mark, code::kBadLink, "a link is named by `mac` or by `interface`, not by both",
                   logical ? "keep `interface`: it is the name of the new link" : "keep `mac`");
  } else if (logical && name.mark.line == 0) {
    reporter.Error(item.mark(), code::kBadLink, "a bond or bridge needs a name", "add `interface: bond0`");
  } else if (mac.mark.line > 0) {
    link.mac = Mac::Parse(mac.value);
  } else if (name.mark.line == 0 && !identity.empty()) {
    link.mac = identity.front().value;
  }
  return link;
}

bool HasSettings(const NetworkInterface& interface) {
  const LinkSettings& settings = interface.settings;
  return !settings.addresses.empty() || settings.dhcp || settings.vip.has_value();
}

/// Who is listed twice, who is in two bonds, which member has addresses of its own.
void CheckMembers(const std::vector<NetworkInterface>& all, Reporter& reporter) {
  const auto name_of = [](const LinkRef& link) { return link.mac ? link.mac->ToColons() : link.name; };
  std::set<std::string> listed;
  std::set<std::string> enslaved;
  for (const NetworkInterface& interface : all) {
    if (!listed.insert(name_of(interface.link)).second) {
      reporter.Error(interface.link.mark, code::kBadLink,
                     "the link " + name_of(interface.link) + " is listed twice",
                     "write everything about it in one item");
    }
    for (const auto* members : {interface.bond ? &interface.bond->members : nullptr,
                                interface.bridge ? &interface.bridge->members : nullptr}) {
      if (members == nullptr) continue;
      for (const LinkRef& member : *members) {
        if (enslaved.insert(name_of(member)).second) continue;
        reporter.Error(member.mark, code::kBadLink, "the link " + name_of(member) + " has two masters",
                       "a link belongs to one bond or bridge");
      }
    }
  }
  for (const NetworkInterface& interface : all) {
    if (!enslaved.contains(name_of(interface.link)) || !HasSettings(interface)) continue;
    reporter.Error(interface.link.mark, code::kBadLink,
                   "the link " + name_of(interface.link) +
                       " belongs to a bond or bridge, so it has no addresses, DHCP or virtual IP of its own",
                   "set them on the bond or bridge");
  }
}

}  // namespace

std::vector<NetworkInterface> DecodeInterfaces(const yaml::Value& network,
                                               const std::vector<Located<Mac>>& identity,
                                               Reporter& reporter) {
  std::vector<NetworkInterface> interfaces;
  for (const yaml::Value& item : ItemsOf(network, "interfaces")) {
    if (item.AsMapping() == nullptr) continue;
    NetworkInterface interface;
    interface.link = DecodeLink(item, identity, reporter);
    interface.settings = DecodeSettings(item, reporter);
    DecodeVlans(item, reporter, interface.vlans);
    const yaml::Value* bond = item.Find("bond");
    if (bond != nullptr && bond->AsMapping() != nullptr) interface.bond = DecodeBond(*bond, reporter);
    const yaml::Value* bridge = item.Find("bridge");
    if (bridge != nullptr && bridge->AsMapping() != nullptr)
      interface.bridge = DecodeBridge(*bridge, reporter);
    interfaces.push_back(std::move(interface));
  }
  CheckMembers(interfaces, reporter);
  return interfaces;
}

}  // namespace slipway
