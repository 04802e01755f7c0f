#include "reconciler/plan/narrow.h"

#include <algorithm>

#include "schema/fleet/node_addresses.h"

namespace slipway::plan {
namespace {

using Entry = SourceTree::Entry;

/// Some entries of a tree.
class PartOfTree : public SourceTree {
 public:
  PartOfTree(const SourceTree& whole, std::vector<Entry> entries)
      : whole_(whole), entries_(std::move(entries)) {}

  const std::vector<Entry>& entries() const override { return entries_; }
  Result<std::string> Read(const Entry& entry, uint64_t max_bytes) const override {
    return whole_.Read(entry, max_bytes);
  }

 private:
  const SourceTree& whole_;
  std::vector<Entry> entries_;
};

/// Walks entries that are sorted by path beside others.
template <class Item>
class Cursor {
 public:
  explicit Cursor(const std::vector<Item>& items) : at_(items.begin()), end_(items.end()) {}

  const Item* peek() const { return at_ == end_ ? nullptr : &*at_; }
  /// The item of that path, passed over; nullptr where there is none. Paths ascend from call to call.
  const Item* Take(const std::string& path, size_t* skipped = nullptr) {
    while (at_ != end_ && at_->path < path) {
      ++at_;
      if (skipped != nullptr) ++*skipped;
    }
    return at_ != end_ && at_->path == path ? &*at_++ : nullptr;
  }

 private:
  typename std::vector<Item>::const_iterator at_;
  typename std::vector<Item>::const_iterator end_;
};

const std::string* Earlier(const Entry* a, const Entry* b) {
  if (a == nullptr || b == nullptr) return a != nullptr ? &a->path : b != nullptr ? &b->path : nullptr;
  return a->path < b->path ? &a->path : &b->path;
}

bool IsSame(const Entry* a, const Entry& b) {
  return a != nullptr && a->content_id == b.content_id && a->kind == b.kind;
}

}  // namespace

std::optional<Narrowing> Narrowing::Of(const KnownFleet& known, const SourceTree& base,
                                       const SourceTree& head) {
  Narrowing made(known);
  std::vector<Entry> parts[2];
  Cursor bases(base.entries());
  Cursor heads(head.entries());
  Cursor shared(known.shared);
  Cursor files(known.files);
  size_t missing = 0;
  while (const std::string* path = Earlier(bases.peek(), heads.peek())) {
    const Entry* was = bases.Take(*path);
    const Entry* now = heads.Take(*path);
    const Entry* common = shared.Take(*path, &missing);
    const KnownFleet::File* file = files.Take(*path);
    if (missing > 0 || (common != nullptr && (!IsSame(was, *common) || !IsSame(now, *common))))
      return std::nullopt;
    if (file != nullptr && was != nullptr && now != nullptr && IsSame(was, *now) &&
        was->kind == SourceTree::EntryKind::kFile && was->content_id == file->content_id) {
      made.out_[static_cast<size_t>(file - known.files.data())] = true;
      made.left_out_ += file->nodes;
      continue;
    }
    if (common == nullptr) made.unknown_.insert(*path);
    if (was != nullptr) parts[0].push_back(*was);
    if (now != nullptr) parts[1].push_back(*now);
  }
  if (shared.peek() != nullptr || made.unknown_.size() > made.left_out_) return std::nullopt;
  made.base_ = std::make_unique<PartOfTree>(base, std::move(parts[0]));
  made.head_ = std::make_unique<PartOfTree>(head, std::move(parts[1]));
  return made;
}

bool Narrowing::IsClaimed(ClaimKind kind, const std::string& value) const {
  const uint64_t hash = HashOf(kind, value);
  const auto begin = std::lower_bound(known_->claims.begin(), known_->claims.end(), hash,
                                      [](const auto& claim, uint64_t wanted) { return claim.hash < wanted; });
  for (auto at = begin; at != known_->claims.end() && at->hash == hash; ++at)
    if (out_[at->file]) return true;
  return false;
}

bool Narrowing::HoldsNodesAlone(const Fleet& side, const RenderPass& pass) const {
  std::set<std::string_view> nodes;
  for (const auto& node : side.nodes) nodes.insert(node->origin.file);
  nodes.erase(side.site->origin.file);
  for (const auto& [name, cluster] : side.clusters) nodes.erase(cluster->origin.file);
  for (const auto& [name, asset] : side.assets) nodes.erase(asset->origin.file);
  const auto& entries = pass.source.entries();
  return std::all_of(entries.begin(), entries.end(), [&](const Entry& entry) {
    return nodes.contains(entry.path) || !unknown_.contains(entry.path);
  });
}

bool Narrowing::Holds(const Fleet& side, const RenderPass& pass) const {
  for (const std::string& path : known_->encrypted)
    if (!pass.used_files.contains(path)) return false;
  if (!HoldsNodesAlone(side, pass)) return false;
  for (const auto& node : side.nodes) {
    for (const NodeClaim& claim : ClaimsOf(*node))
      if (IsClaimed(claim.kind, claim.value)) return false;
    for (const auto& vip : VirtualIpsOf(*node))
      if (IsClaimed(ClaimKind::kAddress, vip.value.ToString())) return false;
  }
  return true;
}

}  // namespace slipway::plan
