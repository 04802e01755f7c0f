#include "reconciler/publish/publisher.h"

#include <algorithm>

#include "reconciler/publish/file_util.h"
#include "reconciler/publish/layout.h"
#include "reconciler/publish/recovery.h"
#include "reconciler/publish/state_files.h"

namespace slipway {

Result<std::unique_ptr<Publisher>> Publisher::Open(FileOps& ops, const std::string& state_dir,
                                                   RetentionPolicy policy) {
  auto state = StateDir::Open(ops, state_dir);
  if (!state) return tl::make_unexpected(state.error());
  std::unique_ptr<Publisher> publisher(new Publisher(std::move(*state), policy));
  publisher->notes_ = RemoveLeftovers(publisher->state_);
  auto adopted = AdoptCurrent(publisher->state_);
  if (!adopted) return tl::make_unexpected(adopted.error());
  publisher->current_ = std::move(adopted->generation);
  publisher->notes_.insert(publisher->notes_.end(), adopted->notes.begin(), adopted->notes.end());
  return publisher;
}

/// Somebody may have removed or turned the link, and an error of ours may have left it either way.
Result<void> Publisher::SyncWithDisk() {
  const auto name = ReadCurrentName(state_);
  if (!name) return tl::make_unexpected(name.error());
  if (!stale_ && *name == (current_ ? current_->name : "")) return {};
  ahead_.reset();
  (void)RemoveLeftovers(state_);
  auto adopted = AdoptCurrent(state_);
  if (!adopted) return tl::make_unexpected(adopted.error());
  current_ = std::move(adopted->generation);
  // An fsync of the link that failed must be made up for before anybody is told that nothing is to do.
  const auto synced = state_.ops->Sync(state_.root.get());
  if (!synced) return IoError("making " + state_.path + " durable", synced.error());
  stale_ = false;
  return {};
}

bool Publisher::LinkAhead(size_t files) {
  if (!current_ || stale_ || ahead_given_up_ == current_->name) return false;
  if (!ahead_ || ahead_->of != current_->name) {
    ahead_.reset();  // first: its folder goes before another one is made
    ahead_.emplace(Successor{current_->name, nullptr, 0});
  }
  const auto more = slipway::LinkAhead(state_, digests_, *current_, *ahead_, files);
  if (more) return *more;
  ahead_.reset();
  ahead_given_up_ = current_->name;
  return false;
}

Result<std::vector<std::string>> Publisher::FindDamageInCurrent() {
  const auto known = SyncWithDisk();
  if (!known) return tl::make_unexpected(known.error());
  if (!current_) return std::vector<std::string>();
  return FindDamage(state_, *current_, digests_);
}

Result<bool> Publisher::CurrentIs(const Manifest& manifest, const RevisionInfo& info) {
  if (!current_ || current_->manifest != manifest) return false;
  const RevisionInfo& live = current_->revision;
  if (live.revision != info.revision || live.commit != info.commit) return false;
  const auto damaged = FindDamage(state_, *current_, digests_);
  if (!damaged) return tl::make_unexpected(damaged.error());
  return damaged->empty();
}

Result<Published> Publisher::Publish(const RenderedTree& tree, const RevisionInfo& info,
                                     const Generation* link_source) {
  const auto known = SyncWithDisk();
  if (!known) return tl::make_unexpected(known.error());
  TreeBuild build(state_, digests_, link_source != nullptr ? link_source : current(),
                  ahead_ ? &*ahead_ : nullptr, tree);
  const auto resolved = build.Resolve();
  if (!resolved) return tl::make_unexpected(resolved.error());
  if (!build.staged()) {
    const auto same = CurrentIs(build.manifest(), info);
    if (!same) return tl::make_unexpected(same.error());
    if (*same) return Published{Published::Change::kNone, current_->name, current_->revision, {}};
  }
  const auto completed = build.Complete();
  if (!completed) return tl::make_unexpected(completed.error());
  return Commit(build, info);
}

Result<uint64_t> Publisher::NextNumber() const {
  const auto names = ListGenerationNames(state_);
  if (!names) return tl::make_unexpected(names.error());
  uint64_t highest = current_ ? current_->revision.number : 0;
  if (!names->empty()) highest = std::max(highest, ParseGenerationName(names->back())->number);
  return highest + 1;
}

/// manifest.json and revision.json are written last: a tree without them was never finished.
Result<Generation> Publisher::WriteMetadata(TreeBuild& build, const RevisionInfo& info, uint64_t number) {
  Generation next;
  next.manifest = build.TakeManifest();
  next.revision = info;
  next.revision.number = number;
  next.name = GenerationName(number, info.commit);
  const std::vector<DroppedAsset> before = ReadDropped(state_);
  const std::vector<DroppedAsset> dropped = UpdateDropped(before, current_ ? &current_->manifest : nullptr,
                                                          next.manifest, info.published_at, policy_);
  next.revision.retained_assets.clear();
  for (const DroppedAsset& asset : dropped) next.revision.retained_assets.push_back(asset.file);
  if (dropped != before) {
    const auto written = WriteDropped(state_, dropped);
    if (!written) return tl::make_unexpected(written.error());
  }
  const std::string manifest_bytes = EncodeManifest(next.manifest);
  next.manifest_digest = Sha256::Of(manifest_bytes);
  next.revision.tree_digest = TreeDigest(next.manifest_digest);
  const std::string revision_bytes = EncodeRevision(next.revision);
  next.revision_digest = Sha256::Of(revision_bytes);
  auto written = build.tree().Write(std::string(kManifestName), manifest_bytes, next.manifest_digest);
  if (written) {
    written = build.tree().Write(std::string(kRevisionName), revision_bytes, next.revision_digest);
  }
  if (!written) return tl::make_unexpected(written.error());
  return next;
}

Result<void> Publisher::MoveIntoPlace(StagedTree& tree, const std::string& name) {
  FileOps& ops = *state_.ops;
  const std::string doing = "moving the new generation to " + state_.path + "/" + CurrentTarget(name);
  const auto moved = ops.Rename(state_.staging.get(), tree.name(), state_.generations.get(), name);
  if (!moved) return IoError(doing, moved.error());
  tree.Release();
  auto synced = ops.Sync(state_.generations.get());
  if (!synced) {
    (void)RemoveTree(ops, state_.generations.get(), name);
    return IoError(doing, synced.error());
  }
  return {};
}

Result<Published> Publisher::Commit(TreeBuild& build, const RevisionInfo& info) {
  const auto number = NextNumber();
  if (!number) return tl::make_unexpected(number.error());
  auto next = WriteMetadata(build, info, *number);
  if (!next) return tl::make_unexpected(next.error());
  const auto durable = build.tree().MakeDurable();
  if (!durable) return tl::make_unexpected(durable.error());
  const auto moved = MoveIntoPlace(build.tree(), next->name);
  if (!moved) return tl::make_unexpected(moved.error());

  const auto switched = SwitchCurrent(state_, next->name);
  if (!switched) {
    stale_ = true;
    // A generation that never was live would pile up with every retry on a full disk. But when only the last
    // fsync failed it is live already, and stays.
    const auto name = ReadCurrentName(state_);
    if (name && *name != next->name) (void)RemoveTree(*state_.ops, state_.generations.get(), next->name);
    return tl::make_unexpected(switched.error());
  }
  current_ = std::move(*next);
  return Published{Published::Change::kNew, current_->name, current_->revision, build.counts()};
}

}  // namespace slipway
