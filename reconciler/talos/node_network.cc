#include "reconciler/talos/node_config.h"

namespace slipway::talos {
namespace {

yaml::Value TextList(const std::vector<Ipv4>& addresses) {
  yaml::Sequence list;
  for (const Ipv4 address : addresses) list.emplace_back(address.ToString());
  return yaml::Value(std::move(list));
}

yaml::Value OneField(std::string_view key, std::string value) {
  yaml::Value mapping;
  mapping.At(key) = yaml::Value(std::move(value));
  return mapping;
}

/// The interface of `machine.network.interfaces` that is chosen by this MAC, appended when there is none.
yaml::Value& InterfaceOf(yaml::Value& network, const Mac& mac) {
  yaml::Value& list = network.At("interfaces");
  if (list.AsSequence() == nullptr) list = yaml::Value(yaml::Sequence{});
  for (yaml::Value& item : *list.AsSequence()) {
    const yaml::Value* selector = item.Find("deviceSelector");
    const yaml::Value* address = selector == nullptr ? nullptr : selector->Find("hardwareAddr");
    const std::string* text = address == nullptr ? nullptr : address->AsString();
    if (text != nullptr && Mac::Parse(*text) == mac) return item;
  }
  yaml::Value item;
  item.At("deviceSelector") = OneField("hardwareAddr", mac.ToColons());
  list.AsSequence()->push_back(std::move(item));
  return list.AsSequence()->back();
}

/// `mac(link.permanent_addr) == "…"` under a name that links refer to. A fixed alias must match exactly one
/// link.
void AppendAlias(Documents& documents, const std::string& alias, const Mac& mac) {
  yaml::Value& document = EnsureDocument(documents, "LinkAliasConfig", alias);
  document.At("selector") = OneField("match", "mac(link.permanent_addr) == \"" + mac.ToColons() + "\"");
}

}  // namespace

void ApplyLegacyNetwork(yaml::Value& main, const Node& node) {
  yaml::Value& network = main.At("machine").At("network");
  if (!node.nameservers.empty()) network.At("nameservers") = TextList(node.nameservers);
  if (node.addresses.empty()) return;
  yaml::Value& interface = InterfaceOf(network, node.macs.front().value);
  yaml::Sequence addresses;
  for (const auto& address : node.addresses) addresses.emplace_back(address.value.ToString());
  interface.At("addresses") = yaml::Value(std::move(addresses));
  if (node.gateway) {
    yaml::Value route;
    route.At("network") = yaml::Value("0.0.0.0/0");
    route.At("gateway") = yaml::Value(node.gateway->ToString());
    interface.At("routes") = yaml::Value(yaml::Sequence{std::move(route)});
  }
  interface.At("dhcp") = yaml::Value(false);
}

void ApplyNetworkDocuments(Documents& documents, const Node& node) {
  if (!node.nameservers.empty()) {
    // ResolverConfig beside machine.network.nameservers is a conflict.
    yaml::Value* machine = FindMain(documents)->Find("machine");
    if (yaml::Value* network = machine == nullptr ? nullptr : machine->Find("network"))
      network->Erase("nameservers");
    yaml::Sequence list;
    for (const Ipv4 address : node.nameservers) list.push_back(OneField("address", address.ToString()));
    EnsureDocument(documents, "ResolverConfig").At("nameservers") = yaml::Value(std::move(list));
  }
  if (node.addresses.empty()) return;
  AppendAlias(documents, "slipway0", node.macs.front().value);
  yaml::Sequence addresses;
  for (const auto& address : node.addresses)
    addresses.push_back(OneField("address", address.value.ToString()));
  yaml::Value& link = EnsureDocument(documents, "LinkConfig", "slipway0");
  link.At("addresses") = yaml::Value(std::move(addresses));
  if (node.gateway) {
    // A default route is one without a destination; `0.0.0.0/0` is rejected.
    link.At("routes") = yaml::Value(yaml::Sequence{OneField("gateway", node.gateway->ToString())});
  }
  // One link document switches the default DHCP off on every other NIC: the node's other NICs ask for it by
  // name.
  for (size_t i = 1; i < node.macs.size(); ++i) {
    const std::string alias = "slipway" + std::to_string(i);
    AppendAlias(documents, alias, node.macs[i].value);
    EnsureDocument(documents, "DHCPv4Config", alias);
  }
}

}  // namespace slipway::talos
