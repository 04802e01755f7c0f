#include "reconciler/import/talhelper_links.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "reconciler/import/fields.h"
#include "schema/fleet/ip.h"
#include "schema/fleet/mac.h"

namespace slipway::imports {
namespace {

std::string Quoted(const std::string& text) { return '"' + text + '"'; }

/// The CEL expression of a v1alpha1 device selector; "" for an empty one.
std::string SelectorToCel(const yaml::Value& selector) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kFields = {{
      {"hardwareAddr", "mac(link.hardware_addr)"},
      {"permanentAddr", "mac(link.permanent_addr)"},
      {"busPath", "link.bus_path"},
      {"driver", "link.driver"},
      {"pciID", "link.pciid"},
  }};
  std::string all;
  const auto add = [&all](const std::string& condition) { all += (all.empty() ? "" : " && ") + condition; };
  for (const auto& [field, expression] : kFields) {
    const std::string pattern = Text(selector, field);
    if (!pattern.empty()) add("glob(" + Quoted(pattern) + ", " + std::string(expression) + ')');
  }
  const yaml::Value* physical = selector.Find("physical");
  if (physical != nullptr && physical->AsBool() != nullptr) {
    add(*physical->AsBool() ? "link.type == 1" : "link.type != 1");
  }
  return all;
}

bool Positive(const yaml::Value& mapping, std::string_view key) {
  const yaml::Value* value = mapping.Find(key);
  return value != nullptr && value->AsInteger() != nullptr && value->AsInteger()->value > 0;
}

void CopyPositive(const yaml::Value& from, std::string_view key, yaml::Value& to, std::string_view name) {
  if (Positive(from, key)) to.At(name) = *from.Find(key);
}

/// The documents of one node's interfaces, by kind and in the order in which talhelper writes them.
class LinkWriter {
 public:
  LinkWriter(const yaml::Sequence& devices, Draft& draft) : devices_(devices), draft_(draft) {
    for (const yaml::Value& device : devices_) names_.push_back(Text(device, "interface"));
  }

  std::vector<yaml::Value> Run() {
    Aliases();
    Each(&LinkWriter::MemberAliases);
    Each(&LinkWriter::Bond);
    Each(&LinkWriter::Dhcp);
    Each(&LinkWriter::Vip);
    Each(&LinkWriter::Link);
    Each(&LinkWriter::Vlans);
    Each(&LinkWriter::Wireguard);
    Each(&LinkWriter::Bridge);
    for (const yaml::Value& device : devices_) RemarkDropped(device);
    return std::move(out_);
  }

 private:
  using Part = void (LinkWriter::*)(const yaml::Value&, const std::string&);

  void Each(Part part) {
    for (size_t i = 0; i < devices_.size(); ++i) (this->*part)(devices_[i], names_[i]);
  }

  void Alias(const std::string& name, const yaml::Value& selector) {
    const std::string match = SelectorToCel(selector);
    if (match.empty()) return;
    yaml::Value document = TalosDocument("LinkAliasConfig", name);
    document.At("selector").At("match") = yaml::Value(match);
    out_.push_back(std::move(document));
  }

  /// Cards that only a selector names get the first free name of their kind.
  void Aliases() {
    std::map<std::string, int> next;
    for (size_t i = 0; i < devices_.size(); ++i) {
      const yaml::Value* selector = devices_[i].Find("deviceSelector");
      if (selector == nullptr || selector->IsNull()) continue;
      if (names_[i].empty()) {
        const std::string stem = Has(devices_[i], "bond")        ? "bond"
                                 : Has(devices_[i], "bridge")    ? "br"
                                 : Has(devices_[i], "wireguard") ? "wg"
                                                                 : "ethSel";
        std::string name;
        do {
          name = stem + std::to_string(next[stem]++);
        } while (std::find(names_.begin(), names_.end(), name) != names_.end());
        names_[i] = name;
      }
      Alias(names_[i], *selector);
    }
  }

  static bool Has(const yaml::Value& device, std::string_view key) {
    const yaml::Value* value = device.Find(key);
    return value != nullptr && !value->IsNull();
  }

  void MemberAliases(const yaml::Value& device, const std::string& name) {
    if (!Has(device, "bond")) return;
    int i = 0;
    for (const yaml::Value& selector : List(*device.Find("bond"), "deviceSelectors")) {
      Alias(name + "-m" + std::to_string(i++), selector);
    }
  }

  void Common(yaml::Value& document, const yaml::Value& settings) {
    yaml::Sequence addresses;
    for (const std::string& text : TextList(settings, "addresses")) {
      const auto prefix = IpPrefix::Parse(text);
      const auto address = prefix ? std::nullopt : IpAddress::Parse(text);
      if (prefix) {
        addresses.push_back(Map({{"address", yaml::Value(prefix->ToString())}}));
      } else if (address) {
        const IpPrefix host{*address, static_cast<uint8_t>(address->v6 ? 128 : 32)};
        addresses.push_back(Map({{"address", yaml::Value(host.ToString())}}));
      } else {
        draft_.Lost(MarkOf(settings, "addresses"), "the address `" + text + "` is none",
                    "write it as an address and a prefix length");
      }
    }
    if (!addresses.empty()) document.At("addresses") = yaml::Value(std::move(addresses));
    yaml::Sequence routes;
    for (const yaml::Value& route : List(settings, "routes")) routes.push_back(Route(route));
    if (!routes.empty()) document.At("routes") = yaml::Value(std::move(routes));
    CopyPositive(settings, "mtu", document, "mtu");
  }

  static yaml::Value Route(const yaml::Value& route) {
    yaml::Value out{yaml::Mapping{}};
    const std::string network = Text(route, "network");
    // A default route is one without a destination.
    if (!network.empty() && network != "0.0.0.0/0" && network != "::/0") {
      const auto prefix = IpPrefix::Parse(network);
      out.At("destination") = yaml::Value(prefix ? prefix->ToString() : network);
    }
    for (const std::string_view key : {"gateway", "source"}) {
      const std::string text = Text(route, key);
      if (text.empty()) continue;
      const auto address = IpAddress::Parse(text);
      out.At(key) = yaml::Value(address ? address->ToString() : text);
    }
    CopyPositive(route, "metric", out, "metric");
    CopyPositive(route, "mtu", out, "mtu");
    return out;
  }

  void Bond(const yaml::Value& device, const std::string& name) {
    if (!Has(device, "bond")) return;
    constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kTexts = {{
        {"mode", "bondMode"},
        {"xmitHashPolicy", "xmitHashPolicy"},
        {"lacpRate", "lacpRate"},
        {"arpValidate", "arpValidate"},
        {"arpAllTargets", "arpAllTargets"},
        {"primaryReselect", "primaryReselect"},
        {"failOverMac", "failOverMac"},
        {"adSelect", "adSelect"},
        {"useCarrier", "useCarrier"},
    }};
    constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kNumbers = {{
        {"miimon", "miimon"},
        {"updelay", "updelay"},
        {"downdelay", "downdelay"},
        {"arpInterval", "arpInterval"},
        {"resendIgmp", "resendIGMP"},
        {"minLinks", "minLinks"},
        {"lpInterval", "lpInterval"},
        {"packetsPerSlave", "packetsPerSlave"},
        {"numPeerNotif", "numPeerNotif"},
        {"tlbDynamicLb", "tlbLogicalLb"},
        {"allSlavesActive", "allSlavesActive"},
        {"adActorSysPrio", "adActorSysPrio"},
        {"adUserPortKey", "adUserPortKey"},
        {"peerNotifyDelay", "peerNotifDelay"},
    }};
    const yaml::Value& bond = *device.Find("bond");
    yaml::Value document = TalosDocument("BondConfig", name);
    std::vector<std::string> links = TextList(bond, "interfaces");
    const size_t members = List(bond, "deviceSelectors").size();
    for (size_t i = 0; i < members; ++i) links.push_back(name + "-m" + std::to_string(i));
    if (!links.empty()) document.At("links") = TextSequence(links);
    for (const auto& [from, to] : kTexts) {
      if (Says(bond, from)) document.At(to) = *bond.Find(from);
    }
    for (const auto& [from, to] : kNumbers) CopyPositive(bond, from, document, to);
    if (Says(bond, "arpIPTarget")) document.At("arpIpTargets") = *bond.Find("arpIPTarget");
    Common(document, device);
    out_.push_back(std::move(document));
  }

  void DhcpOf(const yaml::Value& settings, const std::string& name) {
    if (!Flag(settings, "dhcp")) return;
    static const yaml::Value kNone{yaml::Mapping{}};
    const yaml::Value& options = Has(settings, "dhcpOptions") ? *settings.Find("dhcpOptions") : kNone;
    const bool v4 = options.Find("ipv4") == nullptr || Flag(options, "ipv4");
    for (const std::string_view kind :
         {v4 ? "DHCPv4Config" : "", Flag(options, "ipv6") ? "DHCPv6Config" : ""}) {
      if (kind.empty()) continue;
      yaml::Value document = TalosDocument(kind, name);
      CopyPositive(options, "routeMetric", document, "routeMetric");
      out_.push_back(std::move(document));
    }
  }

  void Dhcp(const yaml::Value& device, const std::string& name) { DhcpOf(device, name); }

  void VipOf(const yaml::Value& settings, const std::string& name) {
    const std::string ip = Has(settings, "vip") ? Text(*settings.Find("vip"), "ip") : "";
    if (ip.empty()) return;
    yaml::Value document = TalosDocument("Layer2VIPConfig", ip);
    document.At("link") = yaml::Value(name);
    out_.push_back(std::move(document));
  }

  void Vip(const yaml::Value& device, const std::string& name) { VipOf(device, name); }

  void Link(const yaml::Value& device, const std::string& name) {
    if (Has(device, "bond") || Has(device, "bridge") || Has(device, "wireguard")) return;
    if (!Says(device, "addresses") && !Says(device, "routes") && !Positive(device, "mtu")) return;
    yaml::Value document = TalosDocument("LinkConfig", name);
    Common(document, device);
    out_.push_back(std::move(document));
  }

  void Vlans(const yaml::Value& device, const std::string& name) {
    for (const yaml::Value& vlan : List(device, "vlans")) {
      if (!Positive(vlan, "vlanId")) continue;
      const std::string tagged = name + '.' + Text(vlan, "vlanId");
      yaml::Value document = TalosDocument("VLANConfig", tagged);
      document.At("vlanID") = *vlan.Find("vlanId");
      document.At("parent") = yaml::Value(name);
      Common(document, vlan);
      out_.push_back(std::move(document));
      DhcpOf(vlan, tagged);
      VipOf(vlan, tagged);
      RemarkDropped(vlan);
    }
  }

  void Wireguard(const yaml::Value& device, const std::string& name) {
    if (!Has(device, "wireguard")) return;
    const yaml::Value& wireguard = *device.Find("wireguard");
    yaml::Value document = TalosDocument("WireguardConfig", name);
    if (Says(wireguard, "privateKey")) document.At("privateKey") = *wireguard.Find("privateKey");
    CopyPositive(wireguard, "listenPort", document, "listenPort");
    CopyPositive(wireguard, "firewallMark", document, "firewallMark");
    yaml::Sequence peers;
    for (const yaml::Value& peer : List(wireguard, "peers")) {
      yaml::Value out{yaml::Mapping{}};
      for (const std::string_view key :
           {"publicKey", "endpoint", "persistentKeepaliveInterval", "allowedIPs"}) {
        if (Says(peer, key)) out.At(key) = *peer.Find(key);
      }
      peers.push_back(std::move(out));
    }
    if (!peers.empty()) document.At("peers") = yaml::Value(std::move(peers));
    Common(document, device);
    out_.push_back(std::move(document));
  }

  void Bridge(const yaml::Value& device, const std::string& name) {
    if (!Has(device, "bridge")) return;
    const yaml::Value& bridge = *device.Find("bridge");
    yaml::Value document = TalosDocument("BridgeConfig", name);
    if (Says(bridge, "interfaces")) document.At("links") = *bridge.Find("interfaces");
    if (Has(bridge, "stp") && Has(*bridge.Find("stp"), "enabled")) {
      document.At("stp").At("enabled") = *bridge.Find("stp")->Find("enabled");
    }
    if (Has(bridge, "vlan") && Flag(*bridge.Find("vlan"), "vlanFiltering")) {
      document.At("vlan").At("filtering") = yaml::Value(true);
    }
    Common(document, device);
    out_.push_back(std::move(document));
  }

  /// talhelper itself passes these over from Talos 1.12 on.
  void RemarkDropped(const yaml::Value& device) {
    for (const std::string_view key : {"cidr", "dummy", "ignore", "bridgePort"}) {
      if (Says(device, key)) Dropped(*device.Find(key), key);
    }
    const auto inside = [&](std::string_view parent, std::string_view key) {
      if (Has(device, parent) && Says(*device.Find(parent), key))
        Dropped(*device.Find(parent)->Find(key), key);
    };
    inside("dhcpOptions", "duidv6");
    inside("vip", "equinixMetal");
    inside("vip", "hcloud");
    inside("bond", "primary");
    inside("bond", "adActorSystem");
  }

  void Dropped(const yaml::Value& value, std::string_view key) {
    draft_.Note(value.mark(),
                "talhelper passes `" + std::string(key) + "` over from Talos 1.12 on, and so do we",
                "if the machine needs it, patch the link's document");
  }

  const yaml::Sequence& devices_;
  Draft& draft_;
  std::vector<std::string> names_;
  std::vector<yaml::Value> out_;
};

void AddMac(const yaml::Value& selector, std::vector<std::string>& macs) {
  for (const std::string_view key : {"hardwareAddr", "permanentAddr"}) {
    const auto mac = Mac::Parse(Text(selector, key));
    if (!mac || mac->IsZero() || mac->IsMulticast()) continue;
    const std::string text = mac->ToColons();
    if (std::find(macs.begin(), macs.end(), text) == macs.end()) macs.push_back(text);
  }
}

}  // namespace

std::vector<std::string> MacsOf(const yaml::Sequence& devices) {
  std::vector<std::string> macs;
  for (const yaml::Value& device : devices) {
    if (const yaml::Value* selector = device.Find("deviceSelector")) AddMac(*selector, macs);
    const yaml::Value* bond = device.Find("bond");
    if (bond == nullptr) continue;
    for (const yaml::Value& selector : List(*bond, "deviceSelectors")) AddMac(selector, macs);
  }
  return macs;
}

std::vector<yaml::Value> LinkDocuments(const yaml::Sequence& devices, Draft& draft) {
  return LinkWriter(devices, draft).Run();
}

}  // namespace slipway::imports
