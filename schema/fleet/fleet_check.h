#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/decode.h"
#include "schema/fleet/diagnostic.h"

namespace slipway {

/// All resources of a tree, in source order, and by name. When names collide the first one is found.
struct FleetView {
  std::vector<const Resource*> resources;
  const Site* site = nullptr;
  std::map<std::string_view, const Cluster*> clusters;
  std::map<std::string_view, const Asset*> assets;
  bool complete = true;  ///< false: some file could not be understood, so what seems missing may be in there

  void Add(const Resource& resource);
};

/// Exactly one Site; names, MACs, UUIDs, serials, host names and static addresses each belong to one
/// resource.
void CheckUnique(const FleetView& view, Diagnostics& diagnostics);

/// Clusters and assets that are named exist; a node's cluster has what its role and architecture need.
void CheckReferences(const FleetView& view, Diagnostics& diagnostics);

/// Whether the Site's defaults say something about a node that it leaves open.
bool NeedsDefaults(const Node& node, const std::vector<Subnet>& subnets);

/// The node with gateway and name servers of the subnet that holds its first address.
Node WithDefaults(const Node& node, const std::vector<Subnet>& subnets);

/// Whether the Site's subnets are all there, or some may be lost to an error in the Site.
enum class Subnets { kKnown, kUncertain };

/// What can only be said of a node once it has its defaults.
void CheckResolved(const Node& node, Subnets subnets, Diagnostics& diagnostics);

}  // namespace slipway
