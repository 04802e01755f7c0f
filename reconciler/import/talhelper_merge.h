#pragma once

#include <set>
#include <string>
#include <vector>

#include "reconciler/import/draft.h"
#include "schema/fleet/fleet.h"

namespace slipway::imports {

/// A node of a talconfig with what its group (`controlPlane` or `worker`) adds.
struct TalhelperNode {
  yaml::Value value;  ///< the node's own fields and the merged ones; not `patches`, `extraManifests`
  std::set<std::string> shared;  ///< fields whose whole value is the group's
  std::string name;              ///< of the Node
  std::string hostname;
  Role role = Role::kWorker;

  Scope ScopeOf(std::string_view field) const {
    return shared.contains(std::string(field)) ? Scope::kRole : Scope::kNode;
  }
};

/// Merges by talhelper's rules: what the node says wins whole, `certSANs` are the node's and then the
/// group's, unless the node's `overrideMachineCertSANs` is true. Source: talhelper v3,
/// pkg/config/nodeconfigs.go.
TalhelperNode MergeNode(const yaml::Value& node, const yaml::Value* group);

/// Whether lists and mappings are where talhelper's types want them; kFixInput names the first place where
/// not.
Result<void> CheckShapes(const yaml::Value& config, const std::string& file);

/// Remarks fields of the talconfig, its groups and its nodes that talhelper does not know.
void RemarkUnknownFields(const yaml::Value& config, Draft& draft);

}  // namespace slipway::imports
