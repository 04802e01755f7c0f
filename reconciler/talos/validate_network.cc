// `machine.network` of the main document. Source: v1alpha1_validation.go (ValidateNetworkDevices and below).
#include <algorithm>
#include <map>

#include "reconciler/talos/validate_parts.h"

namespace slipway::talos {
namespace {

bool IsIpOrCidr(const std::string& text) {
  return text.find('/') == std::string::npos ? IsIp(text) : IsCidr(text);
}

void CheckAddresses(const yaml::Value& link, const std::string& what, Report& report) {
  const std::string cidr = Text(link, "cidr");
  if (!cidr.empty() && !Items(link, "addresses").empty()) {
    report.Error(*Get(link, "cidr"), what + " has `cidr` and `addresses`", "keep `addresses`");
  } else if (!cidr.empty()) {
    report.Warning(*Get(link, "cidr"), "`cidr` is deprecated", "write it as `addresses: [" + cidr + "]`");
  }
  if (!cidr.empty() && !IsIpOrCidr(cidr)) {
    report.Error(*Get(link, "cidr"), "`" + cidr + "` is no address", "write it like 10.0.128.2/24");
  }
  for (const yaml::Value& address : Items(link, "addresses")) {
    if (IsIpOrCidr(Text(address))) continue;
    report.Error(address, "`" + Text(address) + "` is no address", "write it like 10.0.128.2/24");
  }
  const yaml::Value* vip = Get(link, "vip");
  if (vip != nullptr && !IsIp(Text(*vip, "ip"))) {
    report.Error(Nearest(*vip, "ip"), "a virtual IP must be an address", "write it like 10.0.128.100");
  }
}

void CheckRoutes(const yaml::Value& link, Report& report) {
  for (const yaml::Value& route : Items(link, "routes")) {
    const std::string network = Text(route, "network");
    if (!network.empty() && !IsCidr(network)) {
      report.Error(*Get(route, "network"), "`" + network + "` is no network", "write it like 10.0.0.0/8");
    }
    for (const char* field : {"gateway", "source"}) {
      const std::string address = Text(route, field);
      if (address.empty() || IsIp(address)) continue;
      report.Error(*Get(route, field), "the " + std::string(field) + " `" + address + "` is no address",
                   "write it like 10.0.128.1");
    }
    if (network.empty() && Text(route, "gateway").empty()) {
      report.Error(route, "a route needs a network or a gateway", "add one of them");
    }
  }
}

struct BondWords {
  std::string_view field;
  std::vector<std::string_view> words;
};

/// The words of a bond's fields, which are plain texts to the decoder. Source: pkg/machinery/nethelpers,
/// …ByName.
void CheckBondWords(const yaml::Value& bond, Report& report) {
  static const auto* const kFields = new std::vector<BondWords>{
      {"mode",
       {"balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"}},
      {"xmitHashPolicy", {"layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4"}},
      {"lacpRate", {"slow", "fast"}},
      {"arpValidate", {"none", "active", "backup", "all", "filter", "filter-active", "filter-backup"}},
      {"arpAllTargets", {"any", "all"}},
      {"primaryReselect", {"always", "better", "failure"}},
      {"failOverMac", {"none", "active", "follow"}},
      {"adSelect", {"stable", "bandwidth", "count"}},
  };
  constexpr int kArpFilters = 12;
  for (const auto& [field, words] : *kFields) {
    const std::string word = Text(bond, field);
    if (word.empty()) continue;
    const bool known = std::find(words.begin(), words.end(), word) != words.end();
    if (known && (!word.starts_with("filter") || report.minor() >= kArpFilters)) continue;
    std::string list;
    for (const std::string_view good : words) {
      if (!good.starts_with("filter") || report.minor() >= kArpFilters)
        list += (list.empty() ? "" : ", ") + std::string(good);
    }
    report.Error(*Get(bond, field), "`" + word + "` is no `" + std::string(field) + "` of a bond",
                 "write one of " + list);
  }
}

void CheckBond(const yaml::Value& bond, Report& report) {
  CheckBondWords(bond, report);
  const std::string mode = Text(bond, "mode");
  const bool lacp = mode == "802.3ad";
  const bool balanced = mode == "balance-alb" || mode == "balance-tlb";
  const int64_t miimon = Number(bond, "miimon");
  for (const std::string field : {"updelay", "downdelay"}) {
    const int64_t delay = Number(bond, field);
    if (miimon == 0 ? delay == 0 : delay % miimon == 0) continue;
    report.Error(*Get(bond, field), "`" + field + "` must be a multiple of `miimon`",
                 "correct one of the two");
  }
  for (const std::string field : {"arpIPTarget", "adActorSystem"}) {
    const yaml::Value* found = Get(bond, field);
    const bool said = found != nullptr && (found->AsSequence() != nullptr ? !found->AsSequence()->empty()
                                                                          : !Text(*found).empty());
    if (said) report.Error(*found, "Talos does not support `" + field + "` of a bond", "remove it");
  }
  const auto refuse = [&](const std::string& field, bool wrong) {
    const yaml::Value* found = Get(bond, field);
    const bool said =
        found != nullptr && (found->AsInteger() == nullptr ? !Text(*found).empty() : Number(bond, field) > 0);
    if (wrong && said) {
      report.Error(*found, "`" + field + "` does not go with the bond's mode " + mode,
                   "remove it, or change the mode");
    }
  };
  refuse("lacpRate", !lacp);
  refuse("arpValidate", lacp || balanced);
  refuse("primary", !balanced && mode != "active-backup");
  refuse("arpInterval", lacp || balanced);
  refuse("tlbDynamicLb", !balanced);
  refuse("adActorSysPrio", !lacp);
  refuse("adUserPortKey", !lacp);
  if (mode != "balance-rr" && Number(bond, "packetsPerSlave") > 1) refuse("packetsPerSlave", true);
}

void CheckWireguard(const yaml::Value& wireguard, Report& report) {
  if (!IsWireguardKey(Text(wireguard, "privateKey"))) {
    report.Error(Nearest(wireguard, "privateKey"), "the private key is no WireGuard key",
                 "make one with `wg genkey`");
  }
  for (const yaml::Value& peer : Items(wireguard, "peers")) {
    if (!IsWireguardKey(Text(peer, "publicKey"))) {
      report.Error(Nearest(peer, "publicKey"), "the peer's public key is no WireGuard key",
                   "make one with `wg pubkey`");
    }
    const std::string endpoint = Text(peer, "endpoint");
    if (!endpoint.empty() && !HasPort(endpoint)) {
      report.Error(*Get(peer, "endpoint"), "a peer's endpoint is an address with a port",
                   "write it like 10.0.128.9:51820");
    }
    for (const yaml::Value& network : Items(peer, "allowedIPs")) {
      if (!IsCidr(Text(network)))
        report.Error(network, "an allowed IP is a network", "write it like 10.0.0.0/8");
    }
  }
}

void CheckDevice(const yaml::Value& device, const std::map<std::string, std::string>& masters,
                 Report& report) {
  const std::string name = Text(device, "interface");
  const yaml::Value* selector = Get(device, "deviceSelector");
  if (name.empty() == (selector == nullptr)) {
    report.Error(device, "a link is chosen by `interface` or by `deviceSelector`, by exactly one of them",
                 name.empty() ? "add one" : "keep one");
  }
  if (selector != nullptr && selector->AsMapping() != nullptr && selector->AsMapping()->empty()) {
    report.Error(*selector, "the device selector says nothing", "add `hardwareAddr`");
  }
  const std::string what = name.empty() ? "the link" : "the link " + name;
  if (const yaml::Value* bond = Get(device, "bond")) CheckBond(*bond, report);
  if (const yaml::Value* wireguard = Get(device, "wireguard")) CheckWireguard(*wireguard, report);
  for (const yaml::Value& vlan : Items(device, "vlans"))
    CheckAddresses(vlan, what + "'s VLAN " + Text(vlan, "vlanId"), report);
  CheckAddresses(device, what, report);
  CheckRoutes(device, report);
  const auto master = masters.find(name);
  if (master == masters.end() || name.empty()) return;
  if (Flag(device, "dhcp").value_or(false) || !Text(device, "cidr").empty() ||
      !Items(device, "addresses").empty() || Get(device, "vip") != nullptr) {
    report.Error(device, what + " belongs to " + master->second + ", so it has no addresses of its own",
                 "set them on " + master->second);
  }
}

void CheckVips(const yaml::Value& device, Report& report) {
  const auto refuse = [&report](const yaml::Value& link) {
    if (const yaml::Value* vip = Get(link, "vip")) {
      report.Error(*vip, "a worker cannot hold a virtual IP", "move it to the control planes");
    }
  };
  refuse(device);
  for (const yaml::Value& vlan : Items(device, "vlans")) refuse(vlan);
}

/// Which link is a member of which bond or bridge.
std::map<std::string, std::string> FindMasters(const yaml::Sequence& devices, Report& report) {
  std::map<std::string, std::string> masters;
  for (const yaml::Value& device : devices) {
    if (Get(device, "bond") != nullptr && Get(device, "bridge") != nullptr) {
      report.Error(device, "a link is a bond or a bridge, not both", "make two links of it");
    }
    if (!Items(device, "bond.interfaces").empty() && !Items(device, "bond.deviceSelectors").empty()) {
      report.Error(*Get(device, "bond"), "a bond names its members by `interfaces` or by `deviceSelectors`",
                   "keep one of the two");
    }
    const std::string name = Text(device, "interface");
    for (const char* list : {"bond.interfaces", "bridge.interfaces"}) {
      for (const yaml::Value& member : Items(device, list)) {
        const auto [known, fresh] = masters.emplace(Text(member), name);
        if (fresh || known->second == name) continue;
        report.Error(member, "the link " + Text(member) + " belongs to " + known->second + " already",
                     "a link has one bond or bridge");
      }
    }
  }
  return masters;
}

void CheckKubeSpan(const yaml::Value& main, Report& report) {
  const yaml::Value* kubespan = Get(main, "machine.network.kubespan");
  if (kubespan == nullptr || !Flag(*kubespan, "enabled").value_or(false)) return;
  constexpr int64_t kSmallestMtu = 1280;
  const yaml::Value* mtu = Get(*kubespan, "mtu");
  if (mtu != nullptr && Number(*kubespan, "mtu") != 0 && Number(*kubespan, "mtu") < kSmallestMtu) {
    report.Error(*mtu, "KubeSpan needs an MTU of at least 1280", "raise it");
  }
  if (!Flag(main, "cluster.discovery.enabled").value_or(false)) {
    report.Error(*kubespan, "KubeSpan needs `cluster.discovery`", "enable it");
  }
  for (const char* field : {"cluster.id", "cluster.secret"}) {
    if (Text(main, field).empty())
      report.Error(*kubespan, "KubeSpan needs `" + std::string(field) + '`', "add it");
  }
  for (const yaml::Value& filter : Items(*kubespan, "filters.endpoints")) {
    if (IsSubnetFilter(Text(filter))) continue;
    report.Error(filter, "`" + Text(filter) + "` is no endpoint filter",
                 "write a network or an address, or `!` and one");
  }
  for (const yaml::Value& network : Items(*kubespan, "filters.excludeAdvertisedNetworks")) {
    if (!IsCidr(Text(network)))
      report.Error(network, "`" + Text(network) + "` is no network", "write it like 10.0.0.0/8");
  }
}

}  // namespace

void ValidateLegacyNetwork(const yaml::Value& main, Report& report) {
  const yaml::Sequence& devices = Items(main, "machine.network.interfaces");
  const auto masters = FindMasters(devices, report);
  for (const yaml::Value& device : devices) {
    if (IsWorker(main)) CheckVips(device, report);
    if (!Flag(device, "ignore").value_or(false)) CheckDevice(device, masters, report);
  }
  CheckKubeSpan(main, report);
}

}  // namespace slipway::talos
