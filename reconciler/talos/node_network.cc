// The network of Talos before 1.12: `machine.network`, by the names of v1alpha1 Device.
#include "reconciler/talos/node_config.h"
#include "reconciler/talos/values.h"

namespace slipway::talos {
namespace {

/// The interface of `machine.network.interfaces` that is this link, appended when there is none.
yaml::Value& InterfaceOf(yaml::Value& network, const LinkRef& link) {
  yaml::Value& list = network.At("interfaces");
  if (list.AsSequence() == nullptr) list = yaml::Value(yaml::Sequence{});
  for (yaml::Value& item : *list.AsSequence()) {
    const yaml::Value* name = item.Find("interface");
    if (!link.mac && name != nullptr && *name == yaml::Value(link.name)) return item;
    const yaml::Value* selector = item.Find("deviceSelector");
    const yaml::Value* address = selector == nullptr ? nullptr : selector->Find("hardwareAddr");
    const std::string* text = address == nullptr ? nullptr : address->AsString();
    if (link.mac && text != nullptr && Mac::Parse(*text) == link.mac) return item;
  }
  list.AsSequence()->push_back(
      link.mac ? OneField("deviceSelector", OneField("hardwareAddr", Placed(link.mac->ToColons(), link.mark)))
               : OneField("interface", link.name));
  return list.AsSequence()->back();
}

yaml::Value RouteValue(const LinkRoute& route) {
  yaml::Value value;
  const bool v6 = route.gateway && route.gateway->v6;
  value.At("network") =
      yaml::Value(route.network ? route.network->ToString() : std::string(v6 ? "::/0" : "0.0.0.0/0"));
  if (route.gateway) value.At("gateway") = yaml::Value(route.gateway->ToString());
  if (route.source) value.At("source") = yaml::Value(route.source->ToString());
  if (route.metric) value.At("metric") = yaml::Value(*route.metric);
  if (route.mtu) value.At("mtu") = yaml::Value(*route.mtu);
  value.SetPlace(route.mark);
  return value;
}

void WriteSettings(yaml::Value& item, const LinkSettings& settings) {
  if (!settings.addresses.empty()) {
    item.At("addresses") = ListOf(settings.addresses, [](const auto& address) {
      return Placed(address.value.ToString(), address.mark);
    });
  }
  if (!settings.routes.empty()) item.At("routes") = ListOf(settings.routes, RouteValue);
  if (settings.mtu) item.At("mtu") = yaml::Value(*settings.mtu);
  item.At("dhcp") = yaml::Value(settings.dhcp);
  if (settings.dhcp_options) {
    yaml::Value& options = item.At("dhcpOptions");
    const DhcpOptions& given = *settings.dhcp_options;
    if (given.route_metric) options.At("routeMetric") = yaml::Value(*given.route_metric);
    options.At("ipv4") = yaml::Value(given.ipv4);
    options.At("ipv6") = yaml::Value(given.ipv6);
    if (!given.duid_v6.empty()) options.At("duidv6") = yaml::Value(given.duid_v6);
  }
  if (settings.vip) item.At("vip") = OneField("ip", settings.vip->value.ToString());
}

void WriteBond(yaml::Value& item, const Bond& bond) {
  yaml::Value& value = item.At("bond");
  yaml::Sequence names;
  yaml::Sequence selectors;
  for (const LinkRef& member : bond.members) {
    // The hardware address changes when a card is enslaved, the permanent one does not.
    if (member.mac) {
      selectors.push_back(OneField("permanentAddr", member.mac->ToColons()));
    } else {
      names.emplace_back(member.name);
    }
  }
  if (!names.empty()) value.At("interfaces") = yaml::Value(std::move(names));
  if (!selectors.empty()) value.At("deviceSelectors") = yaml::Value(std::move(selectors));
  value.At("mode") = yaml::Value(bond.mode);
  for (const auto& [name, option] : bond.options) value.At(name) = option;
}

/// A bridge lists its ports by name; a port known by its MAC address says itself which bridge it belongs to.
void WriteBridge(yaml::Value& network, const NetworkInterface& interface) {
  yaml::Sequence names;
  for (const LinkRef& member : interface.bridge->members) {
    if (member.mac) {
      InterfaceOf(network, member).At("bridgePort") = OneField("master", interface.link.name);
    } else {
      names.emplace_back(member.name);
    }
  }
  yaml::Value& value = InterfaceOf(network, interface.link).At("bridge");
  if (value.IsNull()) value = yaml::Value(yaml::Mapping{});
  if (!names.empty()) value.At("interfaces") = yaml::Value(std::move(names));
  if (interface.bridge->stp) value.At("stp") = OneField("enabled", yaml::Value(*interface.bridge->stp));
  if (interface.bridge->vlan_filtering) {
    value.At("vlan") = OneField("vlanFiltering", yaml::Value(*interface.bridge->vlan_filtering));
  }
}

}  // namespace

void ApplyLegacyNetwork(yaml::Value& main, const Node& node, const NodePlaces& places) {
  yaml::Value& network = main.At("machine").At("network");
  if (!node.nameservers.empty())
    network.At("nameservers") = Nameservers(node, places, [](yaml::Value address) { return address; });
  if (!node.Details().search_domains.empty()) {
    network.At("searchDomains") = TextList(node.Details().search_domains);
  }
  for (const NetworkInterface& interface : LinksOf(node, places)) {
    yaml::Value& item = InterfaceOf(network, interface.link);
    WriteSettings(item, interface.settings);
    if (interface.bond) WriteBond(item, *interface.bond);
    if (!interface.vlans.empty()) {
      item.At("vlans") = ListOf(interface.vlans, [](const Vlan& vlan) {
        yaml::Value value;
        value.At("vlanId") = yaml::Value(int64_t{vlan.id});
        WriteSettings(value, vlan.settings);
        value.FillPlaces(vlan.mark);
        return value;
      });
    }
    item.FillPlaces(interface.link.mark);
    if (interface.bridge) WriteBridge(network, interface);
  }
}

}  // namespace slipway::talos
