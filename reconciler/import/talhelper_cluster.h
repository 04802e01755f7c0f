#pragma once

#include <string>
#include <vector>

#include "reconciler/import/draft.h"
#include "reconciler/import/talhelper_files.h"

namespace slipway::imports {

/// The cluster's part of a talconfig.
struct TalhelperCluster {
  std::string name;
  TalosVersion version;
  yaml::Value resource;
  std::vector<size_t> controlplane;  ///< patches of every control plane, before those that users wrote
  std::vector<size_t> worker;
};

/// Reads it. `bundle` is the path of the secrets bundle in the written folder.
Result<TalhelperCluster> ReadCluster(const yaml::Value& config, const std::string& bundle,
                                     TalhelperFiles& files, Draft& draft);

/// Writes what all nodes have in common into `spec.boot` of the cluster, and the rest into the nodes'.
struct NodeBoot {
  Arch arch = Arch::kAmd64;
  yaml::Value files;  ///< {kernel, initramfs}
  std::vector<std::string> kernel_args;
  Mark mark;
  std::string name;
  yaml::Value* spec = nullptr;
};
void PlaceBoot(const std::vector<NodeBoot>& nodes, yaml::Value& cluster_spec, Draft& draft);

}  // namespace slipway::imports
