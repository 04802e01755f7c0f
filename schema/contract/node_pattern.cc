// How a fleet names and addresses its nodes.
#include <algorithm>
#include <charconv>
#include <map>

#include "schema/contract/new_node.h"
#include "schema/fleet/forms.h"
#include "schema/fleet/node_addresses.h"

namespace slipway {
namespace {

constexpr size_t kPlaces = 64;  ///< so many machines can be proposed to one group at a time

struct Numbered {
  std::string prefix;
  uint32_t number = 0;
  size_t width = 0;  ///< digits, where the number has leading zeros
};

/// "worker-07" → "worker-", 7, 2.
std::optional<Numbered> SplitName(const std::string& name) {
  const size_t last = name.find_last_not_of("0123456789");
  const size_t digits = last == std::string::npos ? 0 : last + 1;
  const std::string_view text = std::string_view(name).substr(digits);
  if (text.empty() || text.size() > 6) return std::nullopt;
  Numbered numbered{name.substr(0, digits), 0, text.front() == '0' ? text.size() : 0};
  std::from_chars(text.data(), text.data() + text.size(), numbered.number);
  return numbered;
}

std::string JoinName(const Numbered& numbered) {
  const std::string number = std::to_string(numbered.number);
  const size_t zeros = numbered.width > number.size() ? numbered.width - number.size() : 0;
  return numbered.prefix + std::string(zeros, '0') + number;
}

template <class Key>
const Key* Commonest(const std::map<Key, size_t>& counts) {
  const auto found = std::max_element(counts.begin(), counts.end(),
                                      [](const auto& a, const auto& b) { return a.second < b.second; });
  return found == counts.end() ? nullptr : &found->first;
}

/// What no new node may have.
struct Used {
  std::set<std::string> names;
  std::set<Ipv4> addresses;
  std::vector<AddressRange> ranges;

  bool Holds(Ipv4 address) const {
    return addresses.contains(address) ||
           std::any_of(ranges.begin(), ranges.end(),
                       [address](const AddressRange& range) { return range.Contains(address); });
  }
};

void AddText(std::set<Ipv4>& addresses, std::string_view text) {
  if (const auto address = Ipv4::Parse(text)) addresses.insert(*address);
}

/// https://10.0.128.100:6443 → 10.0.128.100.
std::string_view HostOf(std::string_view url) {
  const size_t begin = url.find("://");
  if (begin != std::string_view::npos) url.remove_prefix(begin + 3);
  return url.substr(0, url.find_first_of(":/"));
}

Used UsedBy(const Fleet& fleet) {
  Used used;
  if (fleet.site) {
    AddText(used.addresses, fleet.site->boot_server.host);
    for (const Subnet& subnet : fleet.site->subnets) {
      if (subnet.gateway) used.addresses.insert(*subnet.gateway);
      used.addresses.insert(subnet.nameservers.begin(), subnet.nameservers.end());
      used.addresses.insert(subnet.ntp_servers.begin(), subnet.ntp_servers.end());
      used.ranges.insert(used.ranges.end(), subnet.ranges.begin(), subnet.ranges.end());
      for (const StaticRoute& route : subnet.routes) used.addresses.insert(route.via);
    }
  }
  for (const auto& [name, cluster] : fleet.clusters) AddText(used.addresses, HostOf(cluster->endpoint));
  for (const auto& node : fleet.nodes) {
    used.names.insert(node->name);
    used.names.insert(forms::ToLower(node->hostname.value));
    for (const auto& address : Ipv4AddressesOf(*node)) used.addresses.insert(address.value.address);
    for (const auto& vip : VirtualIpsOf(*node)) AddText(used.addresses, vip.value.ToString());
    if (node->gateway) used.addresses.insert(node->gateway->value);
    for (const auto& server : node->nameservers) used.addresses.insert(server.value);
  }
  return used;
}

using Nodes = std::vector<const Node*>;

/// The name before the next one: its number is the highest of the commonest prefix.
Numbered LastName(const Nodes& nodes, Role role) {
  std::map<std::string, size_t> prefixes;
  for (const Node* node : nodes) {
    if (const auto split = SplitName(node->name)) ++prefixes[split->prefix];
  }
  const std::string* prefix = Commonest(prefixes);
  Numbered last{prefix == nullptr ? (role == Role::kWorker ? "worker-" : "control-") : *prefix, 0, 0};
  for (const Node* node : nodes) {
    const auto split = SplitName(node->name);
    if (!split || split->prefix != last.prefix) continue;
    last.number = std::max(last.number, split->number);
    last.width = std::max(last.width, split->width);
  }
  return last;
}

/// How a group's addresses follow from its numbers, as far as they do.
struct Addressing {
  Ipv4Prefix subnet;                ///< with the group's prefix length
  std::optional<int64_t> distance;  ///< of address and number
  Ipv4 highest;
};

std::optional<Addressing> AddressingOf(const Nodes& nodes, const std::string& prefix) {
  std::map<Ipv4Prefix, size_t> subnets;
  for (const Node* node : nodes) {
    if (node->addresses.empty()) continue;
    const Ipv4Prefix& address = node->addresses.front().value;
    ++subnets[{address.Network(), address.length}];
  }
  const Ipv4Prefix* subnet = Commonest(subnets);
  if (subnet == nullptr || 2 * subnets.at(*subnet) < nodes.size()) return std::nullopt;  // they use DHCP
  Addressing out{*subnet, std::nullopt, {}};
  std::map<int64_t, size_t> distances;
  size_t numbered = 0;
  for (const Node* node : nodes) {
    if (node->addresses.empty() || !subnet->Contains(node->addresses.front().value.address)) continue;
    const Ipv4 address = node->addresses.front().value.address;
    out.highest = std::max(out.highest, address);
    const auto split = SplitName(node->name);
    if (!split || split->prefix != prefix) continue;
    ++numbered;
    ++distances[int64_t{address.value} - split->number];
  }
  const int64_t* distance = Commonest(distances);
  if (distance != nullptr && 2 * distances.at(*distance) > numbered) out.distance = *distance;
  return out;
}

bool Usable(const Addressing& addressing, int64_t value, const Used& used) {
  if (value <= 0 || value > UINT32_MAX) return false;
  const Ipv4 address{static_cast<uint32_t>(value)};
  if (!addressing.subnet.Contains(address) || used.Holds(address)) return false;
  const bool host_only = addressing.subnet.length >= 31;
  return host_only || (address != addressing.subnet.Network() && address != addressing.subnet.Broadcast());
}

/// The next free one after `from`, then from the subnet's beginning; nothing where it is full, or where the
/// first 65,536 are.
std::optional<Ipv4> NextFree(const Addressing& addressing, Ipv4 from, const Used& used) {
  constexpr int64_t kMostTries = 65'536;
  int64_t value = from.value;
  for (int64_t i = 0; i < kMostTries; ++i) {
    if (++value > addressing.subnet.Broadcast().value) value = addressing.subnet.Network().value;
    if (Usable(addressing, value, used)) return Ipv4{static_cast<uint32_t>(value)};
  }
  return std::nullopt;
}

std::vector<FreePlace> PlacesOf(const Nodes& nodes, Role role, Used used) {
  Numbered name = LastName(nodes, role);
  const auto addressing = AddressingOf(nodes, name.prefix);
  std::vector<FreePlace> places;
  Ipv4 last = addressing ? addressing->highest : Ipv4{};
  for (uint32_t tries = 0; places.size() < kPlaces && tries < 16 * kPlaces; ++tries) {
    ++name.number;
    FreePlace place{JoinName(name), ""};
    if (used.names.contains(place.name) || !forms::IsResourceName(place.name)) continue;
    if (addressing) {
      const int64_t wanted = addressing->distance.value_or(-1) + name.number;
      std::optional<Ipv4> address;
      if (addressing->distance && Usable(*addressing, wanted, used)) {
        address = Ipv4{static_cast<uint32_t>(wanted)};
      } else {
        address = NextFree(*addressing, last, used);
        if (address) last = *address;
      }
      if (!address) break;
      used.addresses.insert(*address);
      place.address = Ipv4Prefix{*address, addressing->subnet.length}.ToString();
    }
    places.push_back(std::move(place));
  }
  return places;
}

std::string FolderOf(const Fleet& fleet) {
  std::map<std::string, size_t> files;
  for (const auto& node : fleet.nodes) ++files[node->origin.file];
  std::map<std::string, size_t> folders;
  for (const auto& [file, count] : files) {
    if (count != 1) continue;
    const size_t slash = file.rfind('/');
    ++folders[slash == std::string::npos ? "" : file.substr(0, slash)];
  }
  const std::string* folder = Commonest(folders);
  return folder == nullptr ? "nodes" : *folder;
}

std::string DiskOf(const Nodes& nodes) {
  std::map<std::string, size_t> disks;
  for (const Node* node : nodes) {
    if (!node->install_disk.value.empty()) ++disks[node->install_disk.value];
  }
  const std::string* disk = Commonest(disks);
  return disk == nullptr ? "" : *disk;
}

}  // namespace

NodePattern PatternOf(const Fleet& fleet) {
  const Used used = UsedBy(fleet);
  std::map<std::pair<std::string, Role>, Nodes> groups;
  for (const auto& [name, cluster] : fleet.clusters) {
    for (const Role role : {Role::kControlPlane, Role::kWorker}) groups[{name, role}];
  }
  for (const auto& node : fleet.nodes) groups[{node->cluster.value, node->role}].push_back(node.get());
  std::vector<std::pair<size_t, NodeGroup>> sized;
  sized.reserve(groups.size());
  for (const auto& [key, nodes] : groups) {
    sized.push_back(
        {nodes.size(), {key.first, key.second, DiskOf(nodes), PlacesOf(nodes, key.second, used)}});
  }
  std::stable_sort(sized.begin(), sized.end(), [](const auto& a, const auto& b) {
    const auto rank = [](const auto& g) {
      return std::pair(g.second.role == Role::kWorker ? 0 : 1, -int64_t(g.first));
    };
    return rank(a) < rank(b);
  });
  NodePattern pattern{FolderOf(fleet), {}};
  for (auto& [size, group] : sized) pattern.groups.push_back(std::move(group));
  return pattern;
}

}  // namespace slipway
