#pragma once

#include "reconciler/talos/documents.h"
#include "schema/fleet/fleet.h"

namespace slipway::talos {

/// Writes what a Node says (hostname, static addresses, default route, nameservers, install disk) into its
/// base config, the way the cluster's Talos version wants it: before 1.12 under `machine.network`, from 1.12
/// as documents of their own, the NIC chosen by its MAC address. Patches come after, so they may override all
/// of it.
ConfigResult<void> ApplyNode(Documents& documents, const Node& node, const TalosVersion& version);

/// Parts of it, split by reason to change (node_network.cc).
void ApplyLegacyNetwork(yaml::Value& main, const Node& node);
void ApplyNetworkDocuments(Documents& documents, const Node& node);

}  // namespace slipway::talos
