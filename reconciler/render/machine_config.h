#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reconciler/render/base_config.h"
#include "reconciler/render/patch_cache.h"
#include "schema/fleet/diagnostic.h"
#include "schema/fleet/fleet.h"
#include "schema/fleet/yaml.h"

namespace slipway {

using LoadedPatches = std::vector<std::shared_ptr<const LoadedPatch>>;

/// What all nodes of one role in one cluster start from.
struct ConfigLayers {
  std::shared_ptr<const BaseConfig> base;
  LoadedPatches patches;  ///< the cluster's, for all and then for the role
};

/// A node's whole machine config as documents whose marks name the files that each value came from: base, the
/// node's settings, the cluster's patches, the node's patches. An error is a diagnostic at the line that
/// caused it. Pure.
tl::expected<talos::Documents, Diagnostic> ComposeMachineConfig(const ConfigLayers& layers,
                                                                const LoadedPatches& node_patches,
                                                                const Node& node, const Cluster& cluster,
                                                                const TalosVersion& version);

/// Likewise as YAML text.
tl::expected<std::string, Diagnostic> RenderMachineConfig(const ConfigLayers& layers,
                                                          const LoadedPatches& node_patches, const Node& node,
                                                          const Cluster& cluster,
                                                          const TalosVersion& version);

}  // namespace slipway
