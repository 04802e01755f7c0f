#include "schema/fleet/version_check.h"

#include <algorithm>
#include <map>
#include <set>

#include "schema/fleet/codes.h"
#include "schema/fleet/node_addresses.h"
#include "schema/fleet/talos_options_check.h"

namespace slipway {
namespace {

std::string Minor(int minor) { return "Talos 1." + std::to_string(minor); }

class VersionChecker {
 public:
  VersionChecker(std::string_view file, const std::string& node, int minor, Diagnostics& diagnostics)
      : reporter_(file, diagnostics), node_(node), minor_(minor) {}

  void Check(const Volume& volume) {
    const std::string what = "volume " + Tick(volume.name.value);
    const int system = SystemVolumeSince(volume.name.value);
    if (system == 0) {
      Needs(10, volume.name.mark, what, "write a patch for machine.disks");
      if (volume.type.mark.line > 0) Needs(12, volume.type.mark, what + "'s `volumeType`", "leave it out");
      const yaml::Value* type = volume.filesystem.Find("type");
      if (type != nullptr && type->AsString() != nullptr && *type->AsString() == "btrfs") {
        Needs(14, type->mark(), "btrfs", "use xfs or ext4");
      }
    } else if (volume.HasProvisioning() || volume.name.value == "IMAGECACHE") {
      Needs(system, volume.name.mark, what, "remove it");
    } else if (system == 14) {
      Needs(14, volume.name.mark, what, "remove it");
    }
    const auto max = ParseVolumeSize(volume.max_size.value);
    if (max && max->kind == VolumeSize::Kind::kPercent) {
      Needs(12, volume.max_size.mark, "a percentage as `maxSize`", "write a size");
    } else if (max && max->kind == VolumeSize::Kind::kLeaveFree) {
      Needs(13, volume.max_size.mark, "a negative `maxSize`", "write a size");
    }
    if (!volume.encryption.IsNull() && volume.name.value == "IMAGECACHE") {
      Needs(11, volume.encryption.mark(), "encryption of IMAGECACHE", "remove it");
    }
  }

  void Needs(int since, Mark mark, const std::string& what, const std::string& otherwise) {
    if (minor_ >= since) return;
    Report(mark, what + " needs " + Minor(since) + "; node " + Tick(node_) + " is on " + Minor(minor_),
           otherwise + ", or use a newer Talos");
  }

  void EndsWith(int last, Mark mark, const std::string& what, const std::string& instead) {
    if (minor_ <= last) return;
    Report(mark,
           what + " has no place from " + Minor(last + 1) + " on; node " + Tick(node_) + " is on " +
               Minor(minor_),
           instead);
  }

  void Report(Mark mark, std::string message, std::string fix) {
    reporter_.Error(mark, code::kNotInTalosVersion, std::move(message), std::move(fix));
  }

 private:
  Reporter reporter_;
  const std::string& node_;
  int minor_;
};

void CheckVips(const Node& node, Diagnostics& diagnostics) {
  if (node.role != Role::kWorker) return;
  for (const auto& vip : VirtualIpsOf(node)) {
    Reporter(node.origin.file, diagnostics)
        .Error(vip.mark, code::kBadVip, "a worker cannot hold a virtual IP",
               "move it to the control plane nodes");
  }
}

void CheckOwnVersion(const Cluster& cluster, const Node& node, Diagnostics& diagnostics) {
  const auto& own = node.Details().talos_version;
  if (!own || own->value == cluster.talos_version) return;
  Reporter reporter(node.origin.file, diagnostics);
  const bool files = !cluster.base_controlplane.value.empty() || !cluster.base_worker.value.empty();
  if (files && own->value.minor != cluster.talos_version.minor) {
    reporter.Error(
        own->mark, code::kNotInTalosVersion,
        "the base files of cluster " + Tick(cluster.name) + " are for " + Minor(cluster.talos_version.minor) +
            ", and this node is on " + Minor(own->value.minor),
        "give the cluster `talos.secrets` instead of `talos.base`: then each node's base is made for it");
  }
  if (!node.Details().boot) {
    reporter.Warning(own->mark, code::kBootFilesOfOtherVersion,
                     "this machine boots the cluster's kernel of " + cluster.talos_version.ToString() +
                         " and is configured for " + own->value.ToString(),
                     "add `boot: {kernel: …, initramfs: …}` with Assets of " + own->value.ToString());
  }
}

}  // namespace

const TalosVersion& VersionOf(const Cluster& cluster, const Node& node) {
  const auto& own = node.Details().talos_version;
  return own ? own->value : cluster.talos_version;
}

void CheckAgainstVersion(const Cluster& cluster, const Node& node, Diagnostics& diagnostics) {
  const int minor = VersionOf(cluster, node).minor;
  VersionChecker in_cluster(cluster.origin.file, node.name, minor, diagnostics);
  for (const Volume& volume : cluster.volumes) in_cluster.Check(volume);
  const NodeDetails& details = node.Details();
  VersionChecker in_node(node.origin.file, node.name, minor, diagnostics);
  for (const Volume& volume : details.volumes) in_node.Check(volume);
  if (details.disk_selector && details.disk_selector->match.mark.line > 0) {
    in_node.Needs(14, details.disk_selector->match.mark, "`match`",
                  "use `size`, `type`, `model` and the like");
  }
  for (const auto& [name, text] : details.disk_selector ? details.disk_selector->fields : TextMap{}) {
    if (name == "name")
      in_node.EndsWith(8, text.mark, "`name`", "use `model`, or from 1.14 on `match` with disk.dev_path");
  }
  for (const NetworkInterface& interface : details.interfaces) {
    if (!interface.bond) continue;
    for (const auto& [name, value] : interface.bond->options) {
      if (name == "primary")
        in_node.EndsWith(11, value.mark(), "`primary`", "remove it: BondConfig has no such field");
    }
  }
  if (details.talos_version) CheckTalosOptions(cluster, details.talos_version->value, diagnostics);
  CheckVips(node, diagnostics);
  CheckOwnVersion(cluster, node, diagnostics);
}

void CheckControlPlanes(const FleetView& view, Diagnostics& diagnostics) {
  struct Group {
    std::vector<const Node*> nodes;
    const Node* vip_node = nullptr;  ///< the first that says one
    Located<IpAddress> vip;
  };
  std::map<std::string_view, Group> clusters;
  bool any_vip = false;
  for (const Resource* resource : view.resources) {
    if (!resource->node || resource->node->role != Role::kControlPlane) continue;
    clusters[resource->node->cluster.value].nodes.push_back(resource->node.get());
    any_vip = any_vip || !VirtualIpsOf(*resource->node).empty();
  }
  std::map<IpAddress, const Node*> owners;
  for (const Resource* resource : view.resources) {
    if (!any_vip || !resource->node) continue;
    for (const auto& address : AddressesOf(*resource->node)) {
      owners.try_emplace(address.value.address, resource->node.get());
    }
  }
  for (auto& [name, group] : clusters) {
    for (const Node* node : group.nodes) {
      Reporter reporter(node->origin.file, diagnostics);
      for (const auto& vip : VirtualIpsOf(*node)) {
        if (group.vip_node == nullptr) {
          group.vip_node = node;
          group.vip = vip;
        } else if (group.vip.value != vip.value) {
          reporter.Error(vip.mark, code::kBadVip,
                         "node " + Tick(group.vip_node->name) + " of this cluster has the virtual IP " +
                             group.vip.value.ToString() + ", this one " + vip.value.ToString(),
                         "a cluster has one virtual IP: write the same everywhere");
        }
        if (const auto owner = owners.find(vip.value); owner != owners.end()) {
          reporter.Error(vip.mark, code::kBadVip,
                         "the virtual IP " + vip.value.ToString() + " is the static address of node " +
                             Tick(owner->second->name),
                         "choose an address that no machine has");
        }
      }
    }
    const auto cluster = view.clusters.find(name);
    if (cluster == view.clusters.end() || group.nodes.size() % 2 == 1) continue;
    Reporter(cluster->second->origin.file, diagnostics)
        .Warning(cluster->second->origin.mark, code::kEvenControlPlanes,
                 "cluster " + Tick(name) + " has " + std::to_string(group.nodes.size()) +
                     " control plane nodes: etcd bears no more failures with them than with " +
                     std::to_string(group.nodes.size() - 1),
                 "add or remove one");
  }
}

}  // namespace slipway
