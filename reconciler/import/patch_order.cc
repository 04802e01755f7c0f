#include "reconciler/import/patch_order.h"

#include <algorithm>
#include <set>

#include "reconciler/import/fields.h"

namespace slipway::imports {
namespace {

std::string IdOf(const yaml::Value& document) {
  return Text(document, "apiVersion") + '\n' + Text(document, "kind") + '\n' + Text(document, "name");
}

/// Whether two values laid over the same place agree whichever comes last.
bool Agree(const yaml::Value& a, const yaml::Value& b) {
  const yaml::Mapping* left = a.AsMapping();
  if (left == nullptr || b.AsMapping() == nullptr) return a.AsSequence() == nullptr && !a.IsNull() && a == b;
  if (a.Find("$patch") != nullptr || b.Find("$patch") != nullptr) return a == b;
  return std::all_of(left->begin(), left->end(), [&b](const yaml::Entry& entry) {
    const yaml::Value* other = b.Find(entry.key);
    return other == nullptr || Agree(entry.value, *other);
  });
}

class Placer {
 public:
  Placer(const std::vector<PatchItem>& items, const std::vector<NodePatches>& nodes)
      : items_(items), nodes_(nodes) {}

  Placement Run() {
    Placement placement;
    const auto everywhere = [](const NodePatches&) { return true; };
    Lift(Scope::kCluster, everywhere, placement.all);
    for (const Role role : {Role::kControlPlane, Role::kWorker}) {
      const auto same = [role](const NodePatches& node) { return node.role == role; };
      Lift(Scope::kRole, same, role == Role::kWorker ? placement.worker : placement.controlplane);
    }
    for (const NodePatches& node : nodes_) {
      std::vector<size_t> own;
      for (const size_t item : node.items) {
        if (!lifted_.contains({item, node.role})) own.push_back(item);
      }
      placement.nodes.push_back(std::move(own));
    }
    return placement;
  }

 private:
  /// Whether `item` may come before everything of the node that still stands before it.
  bool MayGoAhead(const NodePatches& node, size_t item) const {
    for (const size_t other : node.items) {
      if (other == item) return true;
      if (!lifted_.contains({other, node.role}) && !Commute(items_[other], items_[item])) return false;
    }
    return false;  // the node does not have it
  }

  template <class Chosen>
  void Lift(Scope scope, const Chosen& chosen, std::vector<size_t>& place) {
    for (const size_t item : InOrder(chosen)) {
      if (items_[item].scope > scope) continue;
      const bool fits = std::all_of(nodes_.begin(), nodes_.end(), [&](const NodePatches& node) {
        return !chosen(node) || lifted_.contains({item, node.role}) || MayGoAhead(node, item);
      });
      bool fresh = false;
      for (const NodePatches& node : nodes_) {
        fresh = fresh || (chosen(node) && !lifted_.contains({item, node.role}));
      }
      if (!fits || !fresh) continue;
      place.push_back(item);
      for (const NodePatches& node : nodes_) {
        if (chosen(node)) lifted_.insert({item, node.role});
      }
    }
  }

  /// The items of the chosen nodes, each once, in the order in which they are applied.
  template <class Chosen>
  std::vector<size_t> InOrder(const Chosen& chosen) const {
    std::vector<size_t> order;
    for (const NodePatches& node : nodes_) {
      if (!chosen(node)) continue;
      for (const size_t item : node.items) {
        if (std::find(order.begin(), order.end(), item) == order.end()) order.push_back(item);
      }
    }
    return order;
  }

  const std::vector<PatchItem>& items_;
  const std::vector<NodePatches>& nodes_;
  std::set<std::pair<size_t, Role>> lifted_;
};

}  // namespace

bool Commute(const PatchItem& a, const PatchItem& b) {
  if (a.opaque || b.opaque) return false;
  for (const yaml::Value& left : a.documents) {
    for (const yaml::Value& right : b.documents) {
      if (IdOf(left) == IdOf(right) && !Agree(left, right)) return false;
    }
  }
  return true;
}

Placement PlacePatches(const std::vector<PatchItem>& items, const std::vector<NodePatches>& nodes) {
  return Placer(items, nodes).Run();
}

}  // namespace slipway::imports
