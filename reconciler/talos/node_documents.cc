// The network of Talos from 1.12: documents of the kinds in pkg/machinery/config/types/network.
#include <algorithm>

#include "reconciler/talos/node_config.h"
#include "reconciler/talos/values.h"

namespace slipway::talos {
namespace {

class NetworkWriter {
 public:
  NetworkWriter(Documents& documents, const Node& node)
      : documents_(documents), identity_(node.macs.size()), used_(identity_) {
    for (const auto& mac : node.macs) macs_.push_back(mac.value);
  }

  void Write(const std::vector<NetworkInterface>& links) {
    for (const NetworkInterface& link : links) {
      const size_t before = documents_.size();
      Write(link);
      for (size_t i = before; i < documents_.size(); ++i) documents_[i].FillPlaces(link.link.mark);
    }
    if (links.empty()) return;
    // One link document switches the default DHCP off on every other card: the node's other cards ask for it
    // by name.
    for (size_t i = 0; i < identity_; ++i) {
      if (!used_[i]) Document("DHCPv4Config", NameOf({macs_[i], "", {}}));
    }
  }

 private:
  yaml::Value& Document(std::string_view kind, const std::string& name) {
    return EnsureDocument(documents_, kind, name);
  }

  /// What documents call a link. A card gets an alias that stands for its permanent MAC address.
  std::string NameOf(const LinkRef& link) {
    if (!link.mac) return link.name;
    size_t i = static_cast<size_t>(std::find(macs_.begin(), macs_.end(), *link.mac) - macs_.begin());
    if (i == macs_.size()) macs_.push_back(*link.mac);
    used_.resize(macs_.size());
    std::string alias = "slipway" + std::to_string(i);
    if (!used_[i]) {
      used_[i] = true;
      Document("LinkAliasConfig", alias).At("selector") = OneField(
          "match", Placed("mac(link.permanent_addr) == \"" + link.mac->ToColons() + "\"", link.mark));
    }
    return alias;
  }

  static yaml::Value RouteValue(const LinkRoute& route) {
    yaml::Value value;
    // A default route is one without a destination; `0.0.0.0/0` is rejected.
    if (route.network) value.At("destination") = yaml::Value(route.network->ToString());
    if (route.gateway) value.At("gateway") = yaml::Value(route.gateway->ToString());
    if (route.source) value.At("source") = yaml::Value(route.source->ToString());
    if (route.metric) value.At("metric") = yaml::Value(*route.metric);
    if (route.mtu) value.At("mtu") = yaml::Value(*route.mtu);
    value.SetPlace(route.mark);
    return value;
  }

  static void WriteCommon(yaml::Value& document, const LinkSettings& settings) {
    if (settings.mtu) document.At("mtu") = yaml::Value(*settings.mtu);
    if (!settings.addresses.empty()) {
      document.At("addresses") = ListOf(settings.addresses, [](const auto& address) {
        return OneField("address", Placed(address.value.ToString(), address.mark));
      });
    }
    if (!settings.routes.empty()) document.At("routes") = ListOf(settings.routes, RouteValue);
  }

  void WriteDhcp(const std::string& name, const LinkSettings& settings) {
    if (!settings.dhcp) return;
    const DhcpOptions options = settings.dhcp_options.value_or(DhcpOptions{});
    for (const bool v6 : {false, true}) {
      if (v6 ? !options.ipv6 : !options.ipv4) continue;
      yaml::Value& document = Document(v6 ? "DHCPv6Config" : "DHCPv4Config", name);
      if (options.route_metric) document.At("routeMetric") = yaml::Value(*options.route_metric);
      if (!v6 || options.duid_v6.empty()) continue;
      document.At("clientIdentifier") = yaml::Value("duid");
      document.At("duidRaw") = yaml::Value(options.duid_v6);
    }
  }

  void WriteVip(const std::string& name, const LinkSettings& settings) {
    if (!settings.vip) return;
    Document("Layer2VIPConfig", settings.vip->value.ToString()).At("link") = yaml::Value(name);
  }

  yaml::Value Members(const std::vector<LinkRef>& members) {
    return ListOf(members, [this](const LinkRef& member) { return yaml::Value(NameOf(member)); });
  }

  /// v1alpha1's names of options that the document spells otherwise.
  static std::string_view OptionName(std::string_view name) {
    if (name == "resendIgmp") return "resendIGMP";
    if (name == "tlbDynamicLb") return "tlbLogicalLb";
    if (name == "peerNotifyDelay") return "peerNotifDelay";
    return name;
  }

  yaml::Value& WriteBond(const std::string& name, const Bond& bond) {
    yaml::Value members = Members(bond.members);
    yaml::Value& document = Document("BondConfig", name);
    document.At("links") = std::move(members);
    document.At("bondMode") = yaml::Value(bond.mode);
    for (const auto& [option, value] : bond.options) document.At(OptionName(option)) = value;
    return document;
  }

  yaml::Value& WriteBridge(const std::string& name, const Bridge& bridge) {
    yaml::Value members = Members(bridge.members);
    yaml::Value& document = Document("BridgeConfig", name);
    if (!bridge.members.empty()) document.At("links") = std::move(members);
    if (bridge.stp) document.At("stp") = OneField("enabled", yaml::Value(*bridge.stp));
    if (bridge.vlan_filtering) {
      document.At("vlan") = OneField("filtering", yaml::Value(*bridge.vlan_filtering));
    }
    return document;
  }

  void Write(const NetworkInterface& interface) {
    const std::string name = NameOf(interface.link);
    const LinkSettings& settings = interface.settings;
    if (interface.bond) {
      WriteCommon(WriteBond(name, *interface.bond), settings);
    } else if (interface.bridge) {
      WriteCommon(WriteBridge(name, *interface.bridge), settings);
    } else if (settings.mtu || !settings.addresses.empty() || !settings.routes.empty()) {
      WriteCommon(Document("LinkConfig", name), settings);
    } else if (!settings.dhcp) {
      Document("LinkConfig", name).At("up") = yaml::Value(true);
    }
    WriteDhcp(name, settings);
    WriteVip(name, settings);
    for (const Vlan& vlan : interface.vlans) {
      const size_t before = documents_.size();
      const std::string tagged = name + '.' + std::to_string(vlan.id);
      yaml::Value& document = Document("VLANConfig", tagged);
      document.At("vlanID") = yaml::Value(int64_t{vlan.id});
      document.At("parent") = yaml::Value(name);
      WriteCommon(document, vlan.settings);
      WriteDhcp(tagged, vlan.settings);
      WriteVip(tagged, vlan.settings);
      for (size_t i = before; i < documents_.size(); ++i) documents_[i].FillPlaces(vlan.mark);
    }
  }

  Documents& documents_;
  std::vector<Mac> macs_;  ///< the node's own first: an alias is its place here
  size_t identity_;        ///< how many of them are the node's own
  std::vector<bool> used_;
};

/// ResolverConfig beside the old fields is a conflict.
void WriteResolver(Documents& documents, const Node& node, const NodePlaces& places) {
  yaml::Value* machine = FindMain(documents)->Find("machine");
  yaml::Value* network = machine == nullptr ? nullptr : machine->Find("network");
  const auto& domains = node.Details().search_domains;
  if (!node.nameservers.empty()) {
    if (network != nullptr) network->Erase("nameservers");
    EnsureDocument(documents, "ResolverConfig").At("nameservers") = Nameservers(
        node, places, [](yaml::Value address) { return OneField("address", std::move(address)); });
  }
  if (!domains.empty()) {
    if (network != nullptr) network->Erase("searchDomains");
    EnsureDocument(documents, "ResolverConfig").At("searchDomains").At("domains") = TextList(domains);
  }
}

}  // namespace

void ApplyNetworkDocuments(Documents& documents, const Node& node, const NodePlaces& places) {
  WriteResolver(documents, node, places);
  NetworkWriter(documents, node).Write(LinksOf(node, places));
}

}  // namespace slipway::talos
