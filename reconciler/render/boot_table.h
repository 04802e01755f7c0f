#pragma once

#include <optional>

#include "schema/contract/manifest.h"
#include "schema/fleet/fleet.h"

namespace slipway {

/// The address that the DHCP server keeps for a node: its first static IPv4 address inside a subnet of the
/// Site. Nothing where it has none there.
std::optional<Ipv4Prefix> FixedAddress(const Node& node, const std::vector<Subnet>& subnets);

/// What the DNS responder answers for, sorted: host names of nodes with a static address, completed with the
/// domain, and the clusters' endpoints where they are names, with the cluster's virtual IPs or else the
/// addresses of its control planes. An endpoint wins over a host name.
std::vector<DnsName> NamesOf(const Fleet& fleet);

/// The loaders that a node's scripts are written for; iPXE is always among them.
std::vector<Loader> LoadersOf(const Node& node);

/// local/exit.ipxe, local/sanboot-128.grub.cfg, local/efi-3f2c9d1e.ipxe: equal ways have equal paths.
std::string LocalScriptPath(const LocalBoot& boot, Loader loader);

/// One row of the boot table.
BootEntry BootEntryOf(const Node& node, const Mac& mac, const Site& site);

/// The manifest without its files and its boot table.
Manifest SiteHeader(const Fleet& fleet);

}  // namespace slipway
