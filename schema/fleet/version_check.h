#pragma once

#include "schema/fleet/fleet_check.h"

namespace slipway {

/// The Talos version that a node's configuration is written for.
const TalosVersion& VersionOf(const Cluster& cluster, const Node& node);

/// What a node or its cluster says, and the node's Talos version has no place for.
void CheckAgainstVersion(const Cluster& cluster, const Node& node, Diagnostics& diagnostics);

/// What holds for the control planes of a cluster together: one virtual IP, which is no machine's own
/// address; an odd number of them (a warning).
void CheckControlPlanes(const FleetView& view, Diagnostics& diagnostics);

}  // namespace slipway
