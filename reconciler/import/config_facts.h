#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reconciler/talos/base.h"
#include "schema/fleet/fleet.h"

namespace slipway::imports {

/// What a machine config says about its cluster.
struct ConfigFacts {
  std::string cluster;  ///< "" on workers of old contracts
  std::string endpoint;
  std::string kubernetes;                 ///< "v1.34.1", from the kubelet's image; "" when it has no such tag
  std::optional<TalosVersion> installed;  ///< from the installer's image
  int contract = 0;                       ///< the newest minor whose generator writes documents like these
  std::string schematic;                  ///< of the installer, when it is the image factory's; else ""
};

ConfigFacts FactsOf(const talos::Documents& documents);

/// The settings that Cluster.spec.talos has fields for: networks, DNS domain, installation, scheduling. Fills
/// `spec` with those that differ from the defaults, and returns the same for the generator.
TalosOptions OptionsOf(const talos::Documents& controlplane, yaml::Value& spec);

}  // namespace slipway::imports
