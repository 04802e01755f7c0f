#pragma once

#include <functional>

#include "reconciler/talos/documents.h"
#include "schema/fleet/fleet.h"

namespace slipway::talos {

/// The resources that say what a node is (with Mark::source): where values go that have no place of their
/// own, and the file of those that have.
struct NodePlaces {
  Mark node;
  Mark cluster;
  Mark site;

  Mark Of(Mark mark, SaidBy by) const {
    if (by == SaidBy::kSite) mark.source = site.source;
    return mark;
  }
};

/// Writes what a Node says (host name, links, install disk and image, Kubernetes labels, volumes) into its
/// base config, the way `version` wants it: before 1.12 under `machine.network`, from 1.12 as documents of
/// their own, cards chosen by their permanent MAC address. `cluster_volumes` are those of the node's cluster.
/// Patches come after, so they may override all of it.
ConfigResult<void> ApplyNode(Documents& documents, const Node& node,
                             const std::vector<Volume>& cluster_volumes, const TalosVersion& version,
                             const NodePlaces& places = {});

// Parts of it, each a file, split by reason to change. `documents` has a main document.

/// First minor of Talos whose network is configured by documents.
inline constexpr int kNetworkDocuments = 12;
/// First minor whose installation and Kubernetes settings have documents.
inline constexpr int kEveryDocument = 14;

/// The node's links with its plain addresses and its gateway among them: what both forms are written from.
std::vector<NetworkInterface> LinksOf(const Node& node, const NodePlaces& places);

/// The list of the node's nameservers, each as `item` writes its address.
yaml::Value Nameservers(const Node& node, const NodePlaces& places,
                        const std::function<yaml::Value(yaml::Value address)>& item);
void ApplyLegacyNetwork(yaml::Value& main, const Node& node, const NodePlaces& places);
void ApplyNetworkDocuments(Documents& documents, const Node& node, const NodePlaces& places);
ConfigResult<void> ApplyInstall(Documents& documents, const Node& node, const TalosVersion& version);
void ApplyKubernetesNode(Documents& documents, const Node& node, const TalosVersion& version);
void ApplyClusterVolumes(Documents& documents, const Node& node, const std::vector<Volume>& cluster_volumes,
                         const TalosVersion& version);
void ApplyNodeVolumes(Documents& documents, const Node& node, const TalosVersion& version);

/// The CEL expression that chooses the disks that the fields of `selector` choose (v1alpha1
/// InstallDiskSelector: all must hold, `*` stands for any text). `name` has no counterpart there.
std::string DiskSelectorToCel(const DiskSelector& selector);

}  // namespace slipway::talos
