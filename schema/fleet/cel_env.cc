#include "schema/fleet/cel_env.h"

#include <algorithm>
#include <array>

namespace slipway::cel {
namespace {

struct Field {
  std::string_view message;
  std::string_view name;
  std::string_view type;
  int since = 8;  ///< minor of Talos 1.x
};

/// Source: api/resource/definitions/{block,network}/*.proto. Enumerations are numbers in CEL.
constexpr Field kFields[] = {
    {"DiskSpec", "size", "uint"},
    {"DiskSpec", "io_size", "uint"},
    {"DiskSpec", "sector_size", "uint"},
    {"DiskSpec", "readonly", "bool"},
    {"DiskSpec", "model", "string"},
    {"DiskSpec", "serial", "string"},
    {"DiskSpec", "modalias", "string"},
    {"DiskSpec", "wwid", "string"},
    {"DiskSpec", "bus_path", "string"},
    {"DiskSpec", "sub_system", "string"},
    {"DiskSpec", "transport", "string"},
    {"DiskSpec", "rotational", "bool"},
    {"DiskSpec", "cdrom", "bool"},
    {"DiskSpec", "dev_path", "string"},
    {"DiskSpec", "pretty_size", "string"},
    {"DiskSpec", "secondary_disks", "list(string)", 9},
    {"DiskSpec", "uuid", "string", 9},
    {"DiskSpec", "symlinks", "list(string)", 10},
    {"DiskSpec", "firmware_version", "string", 14},
    {"DiscoveredVolumeSpec", "size", "uint"},
    {"DiscoveredVolumeSpec", "sector_size", "uint"},
    {"DiscoveredVolumeSpec", "io_size", "uint"},
    {"DiscoveredVolumeSpec", "name", "string"},
    {"DiscoveredVolumeSpec", "uuid", "string"},
    {"DiscoveredVolumeSpec", "label", "string"},
    {"DiscoveredVolumeSpec", "block_size", "uint"},
    {"DiscoveredVolumeSpec", "filesystem_block_size", "uint"},
    {"DiscoveredVolumeSpec", "probed_size", "uint"},
    {"DiscoveredVolumeSpec", "partition_uuid", "string"},
    {"DiscoveredVolumeSpec", "partition_type", "string"},
    {"DiscoveredVolumeSpec", "partition_label", "string"},
    {"DiscoveredVolumeSpec", "partition_index", "uint"},
    {"DiscoveredVolumeSpec", "type", "string"},
    {"DiscoveredVolumeSpec", "device_path", "string"},
    {"DiscoveredVolumeSpec", "parent", "string"},
    {"DiscoveredVolumeSpec", "dev_path", "string"},
    {"DiscoveredVolumeSpec", "parent_dev_path", "string"},
    {"DiscoveredVolumeSpec", "pretty_size", "string"},
    {"DiscoveredVolumeSpec", "offset", "uint", 12},
    {"LinkStatusSpec", "index", "uint"},
    {"LinkStatusSpec", "type", "int"},
    {"LinkStatusSpec", "link_index", "uint"},
    {"LinkStatusSpec", "flags", "uint"},
    {"LinkStatusSpec", "hardware_addr", "bytes"},
    {"LinkStatusSpec", "broadcast_addr", "bytes"},
    {"LinkStatusSpec", "mtu", "uint"},
    {"LinkStatusSpec", "queue_disc", "string"},
    {"LinkStatusSpec", "master_index", "uint"},
    {"LinkStatusSpec", "operational_state", "int"},
    {"LinkStatusSpec", "kind", "string"},
    {"LinkStatusSpec", "slave_kind", "string"},
    {"LinkStatusSpec", "bus_path", "string"},
    {"LinkStatusSpec", "pciid", "string"},
    {"LinkStatusSpec", "driver", "string"},
    {"LinkStatusSpec", "driver_version", "string"},
    {"LinkStatusSpec", "firmware_version", "string"},
    {"LinkStatusSpec", "product_id", "string"},
    {"LinkStatusSpec", "vendor_id", "string"},
    {"LinkStatusSpec", "product", "string"},
    {"LinkStatusSpec", "vendor", "string"},
    {"LinkStatusSpec", "link_state", "bool"},
    {"LinkStatusSpec", "speed_megabits", "int"},
    {"LinkStatusSpec", "port", "int"},
    {"LinkStatusSpec", "duplex", "int"},
    {"LinkStatusSpec", "vlan", "VLANSpec"},
    {"LinkStatusSpec", "bridge_master", "BridgeMasterSpec"},
    {"LinkStatusSpec", "bond_master", "BondMasterSpec"},
    {"LinkStatusSpec", "wireguard", "WireguardSpec"},
    {"LinkStatusSpec", "permanent_addr", "bytes"},
    {"LinkStatusSpec", "alias", "string", 9},
    {"LinkStatusSpec", "alt_names", "list(string)", 9},
    {"LinkStatusSpec", "vrf_master", "VRFMasterSpec", 13},
    {"LinkStatusSpec", "veth", "VethSpec", 14},
    {"VLANSpec", "vid", "uint"},
    {"VLANSpec", "protocol", "int"},
    {"BridgeMasterSpec", "stp", "STPSpec"},
    {"BridgeMasterSpec", "vlan", "BridgeVLANSpec"},
    {"STPSpec", "enabled", "bool"},
    {"BridgeVLANSpec", "filtering_enabled", "bool"},
    {"VRFMasterSpec", "table", "int", 13},
    {"VethSpec", "peer_name", "string", 14},
    {"WireguardSpec", "private_key", "string"},
    {"WireguardSpec", "public_key", "string"},
    {"WireguardSpec", "listen_port", "int"},
    {"WireguardSpec", "firewall_mark", "int"},
    {"WireguardSpec", "peers", "list(WireguardPeer)"},
    {"WireguardPeer", "public_key", "string"},
    {"WireguardPeer", "preshared_key", "string"},
    {"WireguardPeer", "endpoint", "string"},
    {"WireguardPeer", "persistent_keepalive_interval", "duration"},
    {"WireguardPeer", "allowed_ips", "list(NetIPPrefix)"},
    {"NetIPPrefix", "ip", "bytes"},
    {"NetIPPrefix", "prefix_length", "int"},
    {"NetIP", "ip", "bytes"},
    {"BondMasterSpec", "mode", "int"},
    {"BondMasterSpec", "hash_policy", "int"},
    {"BondMasterSpec", "lacp_rate", "int"},
    {"BondMasterSpec", "arp_validate", "int"},
    {"BondMasterSpec", "arp_all_targets", "int"},
    {"BondMasterSpec", "primary_index", "uint"},
    {"BondMasterSpec", "primary_reselect", "int"},
    {"BondMasterSpec", "fail_over_mac", "int"},
    {"BondMasterSpec", "ad_select", "int"},
    {"BondMasterSpec", "mii_mon", "uint"},
    {"BondMasterSpec", "up_delay", "uint"},
    {"BondMasterSpec", "down_delay", "uint"},
    {"BondMasterSpec", "arp_interval", "uint"},
    {"BondMasterSpec", "resend_igmp", "uint"},
    {"BondMasterSpec", "min_links", "uint"},
    {"BondMasterSpec", "lp_interval", "uint"},
    {"BondMasterSpec", "packets_per_slave", "uint"},
    {"BondMasterSpec", "num_peer_notif", "uint"},
    {"BondMasterSpec", "tlb_dynamic_lb", "uint"},
    {"BondMasterSpec", "all_slaves_active", "uint"},
    {"BondMasterSpec", "use_carrier", "bool"},
    {"BondMasterSpec", "ad_actor_sys_prio", "uint"},
    {"BondMasterSpec", "ad_user_port_key", "uint"},
    {"BondMasterSpec", "peer_notify_delay", "uint"},
    {"BondMasterSpec", "arpip_targets", "list(NetIP)"},
    {"BondMasterSpec", "nsip6_targets", "list(NetIP)"},
    {"BondMasterSpec", "adlacp_active", "int"},
    {"BondMasterSpec", "missed_max", "uint"},
};

struct Variable {
  CelPlace place;
  std::string_view name;
  std::string_view type;
  int since = 8;
};

constexpr Variable kVariables[] = {
    {CelPlace::kDisk, "disk", "DiskSpec"},
    {CelPlace::kDisk, "system_disk", "bool"},
    {CelPlace::kVolume, "volume", "DiscoveredVolumeSpec"},
    {CelPlace::kVolume, "disk", "DiskSpec", 11},
    {CelPlace::kLink, "link", "LinkStatusSpec"},
    {CelPlace::kMember, "volume", "DiscoveredVolumeSpec"},
    {CelPlace::kMember, "disk", "DiskSpec"},
    {CelPlace::kMember, "volume_id", "string"},
    {CelPlace::kMember, "system_disk", "bool"},
};

constexpr std::array<std::string_view, 12> kUnits = {"kB",  "MB",  "GB",  "TB",  "PB",  "EB",
                                                     "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
constexpr std::string_view kTypeNames[] = {"bool",  "int",  "uint", "double", "string",
                                           "bytes", "list", "map",  "type",   "null_type"};

}  // namespace

std::optional<Type> TypeOfName(std::string_view name, CelPlace place, int minor) {
  for (const Variable& variable : kVariables) {
    if (variable.place == place && variable.name == name && minor >= variable.since)
      return ParseType(variable.type);
  }
  if (place != CelPlace::kLink && std::find(kUnits.begin(), kUnits.end(), name) != kUnits.end())
    return Type{Type::Kind::kUint};
  if (std::find(std::begin(kTypeNames), std::end(kTypeNames), name) != std::end(kTypeNames))
    return Type{Type::Kind::kType};
  return std::nullopt;
}

std::string VariablesOf(CelPlace place, int minor) {
  std::string list;
  for (const Variable& variable : kVariables) {
    if (variable.place == place && minor >= variable.since)
      list += (list.empty() ? "`" : ", `") + std::string(variable.name) + '`';
  }
  return list;
}

std::optional<Type> TypeOfField(std::string_view message, std::string_view field, int minor) {
  for (const Field& known : kFields) {
    if (known.message == message && known.name == field && minor >= known.since) return ParseType(known.type);
  }
  return std::nullopt;
}

}  // namespace slipway::cel
