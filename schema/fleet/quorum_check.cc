#include "schema/fleet/quorum_check.h"

#include "schema/fleet/codes.h"

namespace slipway {

void CheckWipes(const FleetView& view, Diagnostics& diagnostics) {
  struct Group {
    size_t members = 0;
    std::vector<const Node*> wiped;
  };
  std::map<std::string_view, Group> clusters;
  for (const Resource* resource : view.resources) {
    if (!resource->node || resource->node->role != Role::kControlPlane) continue;
    Group& group = clusters[resource->node->cluster.value];
    ++group.members;
    if (resource->node->Details().wipe) group.wiped.push_back(resource->node.get());
  }
  for (const auto& [name, group] : clusters) {
    const size_t spare = group.members - (group.members / 2 + 1);
    if (group.wiped.size() <= spare) continue;
    for (const Node* node : group.wiped) {
      Reporter(node->origin.file, diagnostics)
          .Error(node->Details().wipe->mark, code::kWipeBreaksQuorum,
                 std::to_string(group.wiped.size()) + " of the " + std::to_string(group.members) +
                     " control planes of cluster " + Tick(name) + " would be wiped; etcd can miss " +
                     std::to_string(spare),
                 spare == 0 ? "remove the wipe: this cluster cannot lose a control plane"
                            : "wipe one after the other, and remove the wipes that are done");
    }
  }
}

}  // namespace slipway
