#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reconciler/render/base_config.h"
#include "reconciler/render/patch_cache.h"
#include "reconciler/talos/node_config.h"
#include "reconciler/talos/official_schema.h"
#include "schema/fleet/diagnostic.h"
#include "schema/fleet/fleet.h"
#include "schema/fleet/yaml.h"

namespace slipway {

using LoadedPatches = std::vector<std::shared_ptr<const LoadedPatch>>;

/// What all nodes of one role in one cluster start from.
struct ConfigLayers {
  std::shared_ptr<const BaseConfig> base;
  LoadedPatches patches;                                ///< the cluster's, for all and then for the role
  std::shared_ptr<const talos::OfficialSchema> schema;  ///< of the nodes' version; nullptr when not given
};

/// What is made of a file: its bytes, and warnings about what it is made from.
struct RenderedText {
  std::string bytes;
  Diagnostics warnings;
};

/// A node's whole machine config as documents whose marks name the files that each value came from: base, the
/// node's settings, the cluster's patches, the node's patches. An error is a diagnostic at the line that
/// caused it. Pure.
tl::expected<talos::Documents, Diagnostic> ComposeMachineConfig(const ConfigLayers& layers,
                                                                const LoadedPatches& node_patches,
                                                                const Node& node, const Cluster& cluster,
                                                                const TalosVersion& version,
                                                                const talos::NodePlaces& places);

/// Likewise as YAML text, once Talos' own validation (reconciler/talos/validation.h) has nothing to object,
/// and then the official schema where there is one. All that it does object to is said at the lines that set
/// the values, whose files `sources` knows.
tl::expected<RenderedText, Diagnostics> RenderMachineConfig(
    const ConfigLayers& layers, const LoadedPatches& node_patches, const Node& node, const Cluster& cluster,
    const TalosVersion& version, const talos::NodePlaces& places, const SourceTable& sources);

}  // namespace slipway
