#include "reconciler/render/boot_table.h"

#include <algorithm>
#include <map>

#include "schema/fleet/forms.h"
#include "schema/fleet/ip.h"
#include "schema/fleet/node_addresses.h"

namespace slipway {
namespace {

using Names = std::map<std::string, std::vector<Ipv4>>;

void AddOnce(std::vector<Ipv4>& addresses, Ipv4 address) {
  if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) addresses.push_back(address);
}

/// The host of an endpoint where it is a name: https://controlplane.talos:6443.
std::optional<std::string> EndpointName(std::string_view endpoint) {
  const size_t start = endpoint.find("://");
  if (start == std::string_view::npos) return std::nullopt;
  std::string_view host = endpoint.substr(start + 3);
  host = host.substr(0, host.find_first_of(":/"));
  if (!forms::IsHostname(host) || Ipv4::Parse(host)) return std::nullopt;
  return forms::ToLower(host);
}

void AddEndpoints(const Fleet& fleet, Names& names) {
  for (const auto& [name, cluster] : fleet.clusters) {
    const auto host = EndpointName(cluster->endpoint);
    if (!host) continue;
    std::vector<Ipv4> virtual_ips;
    std::vector<Ipv4> own;
    for (const auto& node : fleet.nodes) {
      if (node->cluster.value != name || node->role != Role::kControlPlane) continue;
      for (const auto& vip : VirtualIpsOf(*node)) {
        if (const auto address = Ipv4::Parse(vip.value.ToString())) AddOnce(virtual_ips, *address);
      }
      const auto addresses = Ipv4AddressesOf(*node);
      if (!addresses.empty()) AddOnce(own, addresses.front().value.address);
    }
    const auto& addresses = virtual_ips.empty() ? own : virtual_ips;
    if (!addresses.empty()) names[*host] = addresses;
  }
}

}  // namespace

std::optional<Ipv4Prefix> FixedAddress(const Node& node, const std::vector<Subnet>& subnets) {
  if (subnets.empty()) return std::nullopt;
  for (const auto& address : Ipv4AddressesOf(node)) {
    for (const Subnet& subnet : subnets) {
      if (subnet.cidr.Contains(address.value.address)) return address.value;
    }
  }
  return std::nullopt;
}

std::vector<DnsName> NamesOf(const Fleet& fleet) {
  const DnsSettings& dns = fleet.site->dns;
  if (!dns.enabled) return {};
  Names names;
  for (const auto& node : fleet.nodes) {
    std::string name = forms::ToLower(node->hostname.value);
    if (name.find('.') == std::string::npos && !dns.domain.empty()) name += '.' + forms::ToLower(dns.domain);
    const auto addresses = Ipv4AddressesOf(*node);
    if (!addresses.empty()) AddOnce(names[name], addresses.front().value.address);
  }
  AddEndpoints(fleet, names);
  std::vector<DnsName> sorted;
  sorted.reserve(names.size());
  for (auto& [name, addresses] : names) sorted.push_back({name, std::move(addresses)});
  return sorted;
}

std::vector<Loader> LoadersOf(const Node& node) {
  const auto loader = node.Details().loader;
  if (loader && *loader != Loader::kIpxe) return {Loader::kIpxe, *loader};
  // Debian 12 has no iPXE for arm64, so GRUB must find something too.
  if (!loader && node.arch == Arch::kArm64) return {Loader::kIpxe, Loader::kGrub};
  return {Loader::kIpxe};
}

std::string LocalScriptPath(const LocalBoot& boot, Loader loader) {
  std::string path = "local/exit";
  if (boot.method == LocalBoot::Method::kSanboot) path = "local/sanboot-" + std::to_string(boot.drive);
  if (boot.method == LocalBoot::Method::kEfiFile)
    path = "local/efi-" + Sha256::Of(boot.file).ToHex().substr(0, 8);
  return path + std::string(SuffixOf(loader));
}

BootEntry BootEntryOf(const Node& node, const Mac& mac, const Site& site) {
  BootEntry entry;
  entry.mac = mac;
  entry.node = node.name;
  entry.cluster = node.cluster.value;
  entry.role = node.role;
  entry.arch = node.arch;
  entry.hostname = node.hostname.value;
  entry.uuid = node.uuid.value;
  entry.serial = node.serial.value;
  entry.script = MachineScriptPath(mac);
  entry.config = MachineConfigPath(mac);
  entry.source = node.origin.file + ':' + std::to_string(node.origin.mark.line);
  entry.address = FixedAddress(node, site.subnets);
  const NodeDetails& details = node.Details();
  entry.loader = details.loader.value_or(Loader::kIpxe);
  entry.install_revision = node.install_revision;
  if (node.install_revision != 0)
    entry.local_script = LocalScriptPath(details.exit.value_or(LocalBoot{}), Loader::kIpxe);
  if (details.wipe) {
    entry.wipe_script = MachineWipePath(mac, Loader::kIpxe);
    entry.wipe_until = details.wipe->until;
  }
  return entry;
}

Manifest SiteHeader(const Fleet& fleet) {
  const Site& site = *fleet.site;
  Manifest header;
  header.site = site.name;
  header.boot_server = site.boot_server;
  header.unknown_machines = site.unknown_machines;
  header.config_access = site.config_access;
  header.config_window_seconds = site.config_window_seconds;
  header.dns = site.dns;
  header.subnets = site.subnets;
  header.names = NamesOf(fleet);
  return header;
}

}  // namespace slipway
