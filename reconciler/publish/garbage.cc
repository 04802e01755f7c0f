// The acting side of retention.h: a member of Publisher, apart because it changes for other reasons.
#include <algorithm>
#include <cerrno>

#include "reconciler/publish/file_util.h"
#include "reconciler/publish/layout.h"
#include "reconciler/publish/publisher.h"
#include "reconciler/publish/state_files.h"

namespace slipway {
namespace {

constexpr uint64_t kMaxRevisionBytes = 16U << 20U;

std::vector<GenerationFacts> ReadFacts(const StateDir& state, const std::vector<std::string>& names) {
  std::vector<GenerationFacts> facts;
  facts.reserve(names.size());
  for (const std::string& name : names) {
    GenerationFacts entry{name, ParseGenerationName(name)->number, 0};
    const std::string path = name + "/" + std::string(kRevisionName);
    const auto bytes = ReadWhole(*state.ops, state.generations.get(), path, kMaxRevisionBytes);
    const auto revision = bytes ? DecodeRevision(*bytes) : Result<RevisionInfo>();
    if (bytes && revision) entry.published_at = revision->published_at;
    facts.push_back(std::move(entry));
  }
  return facts;
}

/// Under a name that no reader looks at, before its first file goes: a generation is there in full or not at
/// all.
IoResult<void> RemoveGeneration(const StateDir& state, const std::string& name) {
  const std::string doomed = "gone-" + name;
  const auto cleared = RemoveTree(*state.ops, state.staging.get(), doomed);
  if (!cleared) return cleared;
  const auto moved = state.ops->Rename(state.generations.get(), name, state.staging.get(), doomed);
  if (!moved) return moved;
  return RemoveTree(*state.ops, state.staging.get(), doomed);
}

/// The digests below <generation>/assets, which is where generations keep them (AssetPath). Quicker than
/// reading ten manifests, and also right for a generation whose manifest is damaged.
Result<void> AddAssetsOf(const StateDir& state, const std::string& name, std::set<Sha256>& named) {
  const std::string path = name + "/" + std::string(kAssetStoreName);
  const auto dir = state.ops->OpenDir(state.generations.get(), path);
  if (!dir && dir.error().code == ENOENT) return {};
  if (!dir) return IoError("opening " + path, dir.error());
  const auto entries = state.ops->List(dir->get());
  if (!entries) return IoError("listing " + path, entries.error());
  for (const DirEntry& entry : *entries) {
    const auto digest = Sha256::ParseHex(entry.name);
    if (digest) named.insert(*digest);
  }
  return {};
}

Result<std::vector<StoredAsset>> ListStore(const StateDir& state) {
  const auto entries = state.ops->List(state.assets.get());
  if (!entries) return IoError("listing " + state.path + "/assets", entries.error());
  std::vector<StoredAsset> stored;
  for (const DirEntry& entry : *entries) {
    const auto digest = Sha256::ParseHex(entry.name);
    if (!digest) continue;
    const auto status = state.ops->Stat(state.assets.get(), entry.name);
    if (status) stored.push_back({*digest, status->mtime()});
  }
  return stored;
}

/// Downloads that nobody went on with for as long as dropped assets are kept.
void RemoveOldPartials(const StateDir& state, const std::set<Sha256>& wanted, int64_t now,
                       const RetentionPolicy& policy, std::vector<std::string>& notes) {
  const auto entries = state.ops->List(state.partial.get());
  for (const DirEntry& entry : entries.value_or(std::vector<DirEntry>())) {
    const auto digest = Sha256::ParseHex(std::string_view(entry.name).substr(0, 64));
    if (digest && wanted.contains(*digest)) continue;
    const auto status = state.ops->Stat(state.partial.get(), entry.name);
    if (!status || std::abs(now - status->mtime()) < policy.keep_dropped_assets) continue;
    const auto removed = RemoveTree(*state.ops, state.partial.get(), entry.name);
    if (!removed) notes.push_back(IoError("removing " + entry.name, removed.error()).value().message);
  }
}

}  // namespace

Result<Collected> Publisher::CollectGarbage(int64_t now, const std::set<Sha256>& wanted) {
  const auto known = SyncWithDisk();
  if (!known) return tl::make_unexpected(known.error());
  const auto names = ListGenerationNames(state_);
  if (!names) return tl::make_unexpected(names.error());
  const auto pin = ReadPin(state_);
  if (!pin) return tl::make_unexpected(pin.error());
  std::set<std::string> keep;
  if (*pin) keep = {(*pin)->generation, (*pin)->accepted};
  if (current_) keep.insert(current_->name);

  Collected collected;
  std::set<Sha256> named = wanted;
  std::vector<std::string> garbage;
  if (names->size() > policy_.keep_newest) {
    garbage = ChooseGarbage(ReadFacts(state_, *names), keep, now, policy_);
  }
  for (const std::string& name : garbage) {
    const auto removed = RemoveGeneration(state_, name);
    if (removed) {
      collected.generations.push_back(name);
    } else {
      collected.notes.push_back(IoError("removing generation " + name, removed.error()).value().message);
    }
  }
  for (const std::string& name : *names) {
    if (std::find(collected.generations.begin(), collected.generations.end(), name) !=
        collected.generations.end()) {
      continue;
    }
    const auto added = AddAssetsOf(state_, name, named);
    if (!added) return tl::make_unexpected(added.error());
  }
  if (current_) {
    for (const FileEntry& file : current_->revision.retained_assets) named.insert(file.digest);
  }
  const auto stored = ListStore(state_);
  if (!stored) return tl::make_unexpected(stored.error());
  for (const Sha256& digest : ChooseAssetGarbage(*stored, named, now, policy_)) {
    const auto removed = state_.ops->Unlink(state_.assets.get(), digest.ToHex());
    if (removed) {
      collected.assets.push_back(digest);
    } else {
      collected.notes.push_back(
          IoError("removing the asset " + digest.ToHex(), removed.error()).value().message);
    }
  }
  RemoveOldPartials(state_, wanted, now, policy_, collected.notes);
  return collected;
}

}  // namespace slipway
