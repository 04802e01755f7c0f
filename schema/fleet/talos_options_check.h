#pragma once

#include "schema/fleet/decode.h"

namespace slipway {

/// The Kubernetes version of a cluster, with its leading v: its own, or the default of its Talos version.
std::string KubernetesVersionOf(const Cluster& cluster);

/// What a Cluster says of its machine configs, against the Talos version of one of its nodes: a Kubernetes
/// version outside the range, an option that the version has no place for. Diagnostics are at the Cluster's
/// lines and name no node, so that equal ones fall together.
void CheckTalosOptions(const Cluster& cluster, const TalosVersion& version, Diagnostics& diagnostics);

}  // namespace slipway
