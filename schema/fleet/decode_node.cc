#include <algorithm>

#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"
#include "schema/fleet/forms.h"
#include "schema/fleet/node_addresses.h"

namespace slipway {
namespace {

void DecodeMac(const yaml::Value& item, Reporter& reporter, Node& node) {
  const std::string* text = item.AsString();
  if (text == nullptr) return;
  const auto mac = Mac::Parse(*text);
  if (!mac) {
    reporter.Error(item.mark(), code::kBadMac, Tick(*text) + " is no MAC address",
                   "write six pairs of hexadecimal digits, like 6c:4b:90:8b:a1:6d");
  } else if (mac->IsZero() || mac->IsMulticast()) {
    reporter.Error(item.mark(), code::kBadMac,
                   Tick(*text) + (mac->IsZero() ? " is the zero address" : " is a multicast address") +
                       ", which no network card has",
                   "write the address on the card's label or in the firmware's boot menu");
  } else {
    node.macs.push_back({*mac, item.mark()});
  }
}

void DecodeIdentity(const yaml::Value& identity, Reporter& reporter, Node& node) {
  for (const yaml::Value& item : ItemsOf(identity, "macs")) DecodeMac(item, reporter, node);
  const Located<std::string> uuid = TextOf(identity, "uuid");
  if (uuid.mark.line > 0) {
    if (auto parsed = forms::ParseUuid(uuid.value)) {
      node.uuid = {*std::move(parsed), uuid.mark};
    } else {
      reporter.Error(uuid.mark, code::kBadUuid, Tick(uuid.value) + " is no UUID",
                     "write it as dmidecode does: 4c4c4544-0051-3610-8057-b7c04f4d3533");
    }
  }
  Located<std::string> serial = TextOf(identity, "serial");
  if (serial.mark.line == 0) return;
  if (forms::IsPlainText(serial.value)) {
    node.serial = std::move(serial);
  } else {
    reporter.Error(serial.mark, code::kBadSerial, Tick(serial.value) + " cannot be a serial number",
                   "write it as the machine reports it, in printable ASCII without space at its ends");
  }
}

void DecodeAddress(const yaml::Value& item, Reporter& reporter, Node& node) {
  const std::string* text = item.AsString();
  if (text == nullptr) return;
  const auto prefix = Ipv4Prefix::Parse(*text);
  if (!prefix || prefix->length < 8) {
    reporter.Error(item.mark(), code::kBadAddress, Tick(*text) + " is no IPv4 address with a prefix length",
                   "write an address, a slash and a length from 8 to 32, like 10.0.128.2/24");
    return;
  }
  const Ipv4 address = prefix->address;
  const char* problem = nullptr;
  if (address.value >> 24U == 0 || address.IsLoopback() || address.value >> 28U >= 0xe) {
    problem = " is not the address of a machine on a network";
  } else if (prefix->length <= 30 && address == prefix->Network()) {
    problem = " is the address of the network itself";
  } else if (prefix->length <= 30 && address == prefix->Broadcast()) {
    problem = " is the broadcast address of its network";
  }
  if (problem == nullptr) {
    node.addresses.push_back({*prefix, item.mark()});
    return;
  }
  reporter.Error(item.mark(), code::kReservedAddress, Tick(*text) + problem,
                 "use an address that a machine may have");
}

/// Talos has one place for the addresses of a link.
void CheckPlainAddresses(const Node& node, Reporter& reporter) {
  if (node.addresses.empty() || node.macs.empty()) return;
  const Mac& first = node.macs.front().value;
  for (const NetworkInterface& interface : node.Details().interfaces) {
    const bool same = interface.link.mac == first;
    const auto* members = interface.bond ? &interface.bond->members : nullptr;
    if (members == nullptr && interface.bridge) members = &interface.bridge->members;
    const bool enslaved =
        members != nullptr && std::any_of(members->begin(), members->end(),
                                          [&first](const LinkRef& member) { return member.mac == first; });
    if (!same && !enslaved) continue;
    reporter.Error(node.addresses.front().mark, code::kBadLink,
                   "`network.addresses` are those of " + first.ToColons() + ", which `network.interfaces` " +
                       (same ? "lists too" : "makes a member of " + Tick(interface.link.name)),
                   "write the addresses in `network.interfaces`, at the link that is to have them");
    return;
  }
}

void DecodeGateway(const yaml::Value& value, Reporter& reporter, Node& node) {
  node.gateway = DecodeHostAddress(value, "gateway", reporter);
  if (!node.gateway) return;
  const auto addresses = Ipv4AddressesOf(node);
  if (addresses.empty()) {
    reporter.Error(value.mark(), code::kGatewayWithoutAddress,
                   "a gateway is set, but no valid static address",
                   "add `addresses`, or remove the gateway: DHCP gives one");
    return;
  }
  const auto holds = [&node](const Located<Ipv4Prefix>& address) {
    return address.value.Contains(node.gateway->value);
  };
  const auto same = [&node](const Located<Ipv4Prefix>& address) {
    return address.value.address == node.gateway->value;
  };
  if (std::any_of(addresses.begin(), addresses.end(), same)) {
    reporter.Error(value.mark(), code::kGatewayIsNode,
                   "the gateway " + node.gateway->value.ToString() + " is the node's own address",
                   "name the router of the network");
  } else if (std::none_of(addresses.begin(), addresses.end(), holds)) {
    reporter.Error(value.mark(), code::kGatewayOutsideSubnet,
                   "the gateway " + node.gateway->value.ToString() +
                       " lies in no network of the node's addresses (" + addresses.front().value.ToString() +
                       ")",
                   "correct the gateway, the address or its prefix length");
  }
}

void DecodeNetwork(const yaml::Value& network, Reporter& reporter, Node& node) {
  Located<std::string> hostname = TextOf(network, "hostname");
  if (hostname.mark.line > 0) {
    if (forms::IsHostname(hostname.value)) {
      node.hostname = std::move(hostname);
    } else {
      reporter.Error(hostname.mark, code::kBadHostname, Tick(hostname.value) + " is no host name",
                     "use letters, digits and '-' in labels of at most 63 characters, joined by dots");
    }
  }
  for (const yaml::Value& item : ItemsOf(network, "addresses")) DecodeAddress(item, reporter, node);
  node.nameservers = DecodeNameservers(network, reporter);
}

}  // namespace

void DecodeNode(const yaml::Value& spec, Reporter& reporter, Node& node) {
  node.cluster = TextOf(spec, "cluster");
  node.role = ParseRole(TextOf(spec, "role").value).value_or(Role::kWorker);
  node.arch = ParseArch(TextOf(spec, "arch").value).value_or(Arch::kAmd64);
  if (const yaml::Value* identity = spec.Find("identity")) DecodeIdentity(*identity, reporter, node);
  if (const yaml::Value* network = spec.Find("network")) DecodeNetwork(*network, reporter, node);
  const yaml::Value* disk = Dig(spec, {"install", "disk"});
  if (disk != nullptr && disk->AsString() != nullptr) {
    if (forms::IsDevicePath(*disk->AsString())) {
      node.install_disk = {*disk->AsString(), disk->mark()};
    } else {
      reporter.Error(disk->mark(), code::kBadDisk, Tick(*disk->AsString()) + " is no path of a device",
                     "write a path below /dev, like /dev/nvme0n1");
    }
  }
  if (const yaml::Value* install = spec.Find("install"))
    node.install_revision = static_cast<uint32_t>(NumberOf(*install, "revision").value_or(0));
  node.details = DecodeDetails(spec, node, reporter);
  if (const yaml::Value* gateway = Dig(spec, {"network", "gateway"})) DecodeGateway(*gateway, reporter, node);
  CheckPlainAddresses(node, reporter);
  node.patches = DecodePatches(spec, "patches", reporter);
}

}  // namespace slipway
