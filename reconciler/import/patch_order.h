#pragma once

#include <string>
#include <vector>

#include "schema/fleet/fleet.h"
#include "schema/fleet/yaml.h"

namespace slipway::imports {

/// The widest place that a patch may take.
enum class Scope : uint8_t { kCluster, kRole, kNode };

/// A patch on its way into a resource.
struct PatchItem {
  Scope scope = Scope::kNode;
  std::vector<yaml::Value> documents;  ///< what it says; nobody looks at it when it is opaque
  bool opaque = false;                 ///< encrypted, or a JSON patch: it may touch anything
  yaml::Value reference;               ///< how a resource names it: {file: …} or {inline: …}
};

/// The patches of one node in the order in which the other tool applies them.
struct NodePatches {
  Role role = Role::kWorker;
  std::vector<size_t> items;  ///< places in the list of items
};

/// Where each patch stands in Slipway, which applies the cluster's, then the role's, then the node's.
struct Placement {
  std::vector<size_t> all;
  std::vector<size_t> controlplane;
  std::vector<size_t> worker;
  std::vector<std::vector<size_t>> nodes;  ///< in the order of the given nodes
};

/// Whether two patches give the same in either order: they touch different fields, or the same ones with the
/// same scalars. Careful: two that touch one list do not commute.
bool Commute(const PatchItem& a, const PatchItem& b);

/// Gives each patch the widest place at which the result stays the same for every node.
Placement PlacePatches(const std::vector<PatchItem>& items, const std::vector<NodePatches>& nodes);

}  // namespace slipway::imports
