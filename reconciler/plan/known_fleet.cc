#include "reconciler/plan/known_fleet.h"

#include <algorithm>
#include <map>
#include <set>

namespace slipway::plan {
namespace {

/// Sorts the nodes of a fleet into those that can be left out and those that stand for them.
class Sorter {
 public:
  explicit Sorter(const RenderPass& pass) : pass_(pass) {
    for (const auto& [path, encryption] : pass.used_files)
      if (encryption != secrets::Encryption::kNone) uncovered_.insert(path);
    encrypted_.assign(uncovered_.begin(), uncovered_.end());
    // Control planes are few, and are counted; and whoever is asked first covers what the others use too.
    for (size_t i = 0; i < pass.nodes.size(); ++i)
      if (Counts(*pass.nodes[i].node)) Keep(i);
    for (size_t i = 0; i < pass.nodes.size(); ++i)
      if (!Counts(*pass.nodes[i].node) && Covers(i)) Keep(i);
  }

  bool IsKept(const std::string& file) const { return kept_.contains(file); }
  std::vector<std::string> encrypted() && { return std::move(encrypted_); }

 private:
  /// Whether checks of whole clusters look at it.
  static bool Counts(const Node& node) { return node.role == Role::kControlPlane || node.Details().wipe; }

  void Keep(size_t index) {
    kept_.insert(pass_.nodes[index].node->origin.file);
    for (const std::string& path : FilesOf(index)) uncovered_.erase(path);
  }

  bool Covers(size_t index) const {
    if (uncovered_.empty()) return false;
    const auto files = FilesOf(index);
    return std::any_of(files.begin(), files.end(),
                       [this](const std::string& path) { return uncovered_.contains(path); });
  }

  /// What a node's config is made of.
  std::vector<std::string> FilesOf(size_t index) const {
    const NodeGroup& group = *pass_.nodes[index].group;
    const Cluster& cluster = *group.cluster;
    const bool control_plane = pass_.nodes[index].node->role == Role::kControlPlane;
    std::vector<std::string> files = {
        cluster.secrets.value, control_plane ? cluster.base_controlplane.value : cluster.base_worker.value};
    for (const auto* list : {&group.layers.patches, &pass_.node_patches[index]})
      for (const auto& patch : *list) files.push_back(patch->path);
    return files;
  }

  const RenderPass& pass_;
  std::vector<std::string> encrypted_;
  std::set<std::string> uncovered_;
  std::set<std::string> kept_;
};

/// Which files hold nodes and nothing else, and how many.
std::map<std::string_view, uint32_t> NodeFiles(const Fleet& fleet) {
  std::map<std::string_view, uint32_t> files;
  for (const auto& node : fleet.nodes) ++files[node->origin.file];
  files.erase(fleet.site->origin.file);
  for (const auto& [name, cluster] : fleet.clusters) files.erase(cluster->origin.file);
  for (const auto& [name, asset] : fleet.assets) files.erase(asset->origin.file);
  return files;
}

}  // namespace

bool KnownFleet::operator==(const KnownFleet& other) const {
  const auto same = [](const SourceTree::Entry& a, const SourceTree::Entry& b) {
    return a.path == b.path && a.content_id == b.content_id && a.kind == b.kind;
  };
  return std::equal(shared.begin(), shared.end(), other.shared.begin(), other.shared.end(), same) &&
         files == other.files && claims == other.claims && encrypted == other.encrypted;
}

uint64_t HashOf(ClaimKind kind, std::string_view value) {
  std::string text(1, static_cast<char>('0' + static_cast<int>(kind)));
  return std::hash<std::string_view>{}(text += value);
}

KnownFleet Remember(const SourceTree& tree, const Fleet& fleet, const RenderPass& pass) {
  KnownFleet known;
  Sorter sorter(pass);
  const auto node_files = NodeFiles(fleet);
  std::map<std::string_view, uint32_t> numbers;  // of the files that can be left out
  for (const SourceTree::Entry& entry : tree.entries()) {
    const auto found = node_files.find(entry.path);
    if (found == node_files.end()) {
      known.shared.push_back(entry);
    } else if (!sorter.IsKept(entry.path)) {
      numbers.emplace(entry.path, known.files.size());
      known.files.push_back({entry.path, entry.content_id, found->second});
    }
  }
  for (const auto& node : fleet.nodes) {
    const auto number = numbers.find(node->origin.file);
    if (number == numbers.end()) continue;
    for (const NodeClaim& claim : ClaimsOf(*node))
      known.claims.push_back({HashOf(claim.kind, claim.value), number->second});
  }
  std::sort(known.claims.begin(), known.claims.end());
  known.encrypted = std::move(sorter).encrypted();
  return known;
}

}  // namespace slipway::plan
