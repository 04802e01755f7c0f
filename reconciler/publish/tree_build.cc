#include "reconciler/publish/tree_build.h"

#include <cstring>
#include <utility>

#include "reconciler/publish/file_util.h"
#include "reconciler/publish/layout.h"

namespace slipway {
namespace {

constexpr size_t kMaxItems = 2'000'000;

}  // namespace

size_t TreeBuild::DigestHash::operator()(const Sha256& digest) const {
  size_t value = 0;
  std::memcpy(&value, digest.bytes.data(), sizeof(value));
  return value;
}

TreeBuild::TreeBuild(const StateDir& state, DigestCache& cache, const Generation* source, Successor* ahead,
                     const RenderedTree& tree)
    : state_(state), cache_(cache), source_(source), ahead_(ahead), rendered_(tree), manifest_(tree.header) {}

Result<void> TreeBuild::CheckItems() const {
  const auto& items = rendered_.items;
  if (items.size() > kMaxItems) return Bug("publishing: more than 2,000,000 files");
  for (size_t i = 0; i < items.size(); ++i) {
    if (!IsPublishablePath(items[i].path)) {
      return Bug("publishing: the path '" + items[i].path + "' must not be published");
    }
    if (i > 0 && items[i - 1].path >= items[i].path) {
      return Bug("publishing: the paths are not sorted at '" + items[i].path + "'");
    }
  }
  return {};
}

Result<void> TreeBuild::Resolve() {
  const auto checked = CheckItems();
  if (!checked) return checked;
  if (source_ != nullptr) {
    auto dir = state_.ops->OpenDir(state_.generations.get(), source_->name);
    if (dir) {
      source_dir_ = std::move(*dir);
      source_cursor_ = std::make_unique<DirCursor>(*state_.ops, source_dir_.get(), DirCursor::Missing::kFail);
    } else {
      source_ = nullptr;  // gone from under us: everything is written anew
    }
  }
  manifest_.files.clear();
  manifest_.files.reserve(rendered_.items.size());
  for (size_t i = 0; i < rendered_.items.size(); ++i) {
    const auto done = ResolveItem(i);
    if (!done) return done;
  }
  return {};
}

/// On success `source_at_` stands at the file to link. A damaged file is as good as none, and never linked:
/// that would carry the damage into every later generation.
Result<bool> TreeBuild::SourceHas(const RenderedItem& item, const Sha256& digest,
                                  std::optional<uint64_t> size) {
  source_damaged_ = false;
  if (source_ == nullptr) return false;
  const auto& files = source_->manifest.files;
  while (source_at_ < files.size() && files[source_at_].path < item.path) ++source_at_;
  if (source_at_ >= files.size()) return false;
  const FileEntry& file = files[source_at_];
  if (file.path != item.path || file.digest != digest || (size && *size != file.size)) return false;
  const auto folder = source_cursor_->At(FolderOf(file.path));
  if (!folder) {
    source_damaged_ = true;
    return false;
  }
  const auto state =
      cache_.Check(*state_.ops, *folder, std::string(BaseNameOf(file.path)), file.digest, file.size);
  if (!state) return IoError("checking " + source_->name + "/" + file.path, state.error());
  source_damaged_ = *state != FileState::kIntact;
  return !source_damaged_;
}

Result<std::string> TreeBuild::Produce(size_t index) {
  auto bytes = rendered_.produce(index);
  if (!bytes) return Wrap("rendering " + rendered_.items[index].path, bytes.error());
  return bytes;
}

Result<void> TreeBuild::ResolveItem(size_t index) {
  const RenderedItem& item = rendered_.items[index];
  if (item.from == RenderedItem::From::kAsset) return ResolveAsset(index);
  FileEntry entry{item.path, item.digest, item.size, item.kind};
  std::optional<std::string> bytes;
  if (item.from == RenderedItem::From::kProduce) {
    auto produced = Produce(index);
    if (!produced) return tl::make_unexpected(produced.error());
    bytes = std::move(*produced);
    entry.digest = Sha256::Of(*bytes);
    entry.size = bytes->size();
  }
  const auto unchanged = SourceHas(item, entry.digest, entry.size);
  if (!unchanged) return tl::make_unexpected(unchanged.error());
  manifest_.files.push_back(entry);
  if (*unchanged) {
    deferred_.push_back(
        {static_cast<uint32_t>(manifest_.files.size() - 1), static_cast<uint32_t>(source_at_)});
    return {};
  }
  if (!bytes) {
    auto produced = Produce(index);
    if (!produced) return tl::make_unexpected(produced.error());
    bytes = std::move(*produced);
    if (Sha256::Of(*bytes) != entry.digest || bytes->size() != entry.size) {
      return Bug("rendering " + item.path + " twice gave two different files");
    }
  }
  return Put(item, *bytes, entry.digest);
}

Result<void> TreeBuild::ResolveAsset(size_t index) {
  const RenderedItem& item = rendered_.items[index];
  const auto unchanged = SourceHas(item, item.digest, std::nullopt);
  if (!unchanged) return tl::make_unexpected(unchanged.error());
  if (*unchanged) {
    const uint64_t size = source_->manifest.files[source_at_].size;
    manifest_.files.push_back({item.path, item.digest, size, item.kind});
    deferred_.push_back(
        {static_cast<uint32_t>(manifest_.files.size() - 1), static_cast<uint32_t>(source_at_)});
    return {};
  }
  const std::string stored = item.digest.ToHex();
  const std::string shown = state_.path + "/" + std::string(kAssetStoreName) + "/" + stored;
  FileStat status;
  const auto state = cache_.Check(*state_.ops, state_.assets.get(), stored, item.digest, &status);
  if (!state) return IoError("checking the asset " + shown, state.error());
  if (*state != FileState::kIntact) {
    return Retry(
        "publishing " + item.path + ": the asset " + shown +
        (*state == FileState::kMissing ? " is not here yet" : " is damaged and must be fetched again"));
  }
  manifest_.files.push_back({item.path, item.digest, status.size, item.kind});
  if (source_damaged_) ++counts_.repaired;
  const auto room = MakeRoom(item);
  if (!room) return room;
  const auto how = staged_->Link(state_.assets.get(), stored, item.path, item.digest);
  if (!how) return tl::make_unexpected(how.error());
  ++(*how == StagedTree::How::kLinked ? counts_.linked : counts_.copied);
  return {};
}

Result<void> TreeBuild::Stage() {
  if (staged_ != nullptr) return {};
  if (ahead_ != nullptr && source_ != nullptr && ahead_->of == source_->name && ahead_->tree != nullptr) {
    staged_ = std::move(ahead_->tree);
    linked_ahead_ = std::exchange(ahead_->linked, 0);
    return {};
  }
  auto begun = StagedTree::Begin(state_, cache_);
  if (!begun) return tl::make_unexpected(begun.error());
  staged_ = std::move(*begun);
  return {};
}

/// Begins the staged tree, and takes out what was linked ahead under the item's name. `source_at_` stands at
/// the source's file of that name, where it has one.
Result<void> TreeBuild::MakeRoom(const RenderedItem& item) {
  const auto begun = Stage();
  if (!begun) return begun;
  if (source_at_ >= linked_ahead_ || source_->manifest.files[source_at_].path != item.path) return {};
  return staged_->Remove(item.path);
}

Result<void> TreeBuild::Put(const RenderedItem& item, std::string_view bytes, const Sha256& digest) {
  const auto room = MakeRoom(item);
  if (!room) return room;
  if (source_damaged_) ++counts_.repaired;
  // All MACs of a node have the same config: written once.
  const auto twin = written_.find(digest);
  if (twin != written_.end()) {
    const auto how = staged_->LinkOwn(manifest_.files[twin->second].path, item.path, digest);
    if (!how) return tl::make_unexpected(how.error());
    ++(*how == StagedTree::How::kLinked ? counts_.linked : counts_.copied);
    return {};
  }
  const auto written = staged_->Write(item.path, bytes, digest);
  if (!written) return written;
  written_.emplace(digest, static_cast<uint32_t>(manifest_.files.size() - 1));
  ++counts_.written;
  counts_.bytes += bytes.size();
  return {};
}

Result<void> TreeBuild::Complete() {
  const auto begun = Stage();
  if (!begun) return begun;
  for (const Deferred& link : deferred_) {
    if (link.source < linked_ahead_) {
      ++counts_.linked;
      continue;
    }
    const FileEntry& file = manifest_.files[link.file];
    const std::string& from = source_->manifest.files[link.source].path;
    const auto folder = source_cursor_->At(FolderOf(from));
    if (!folder) return IoError("opening the folder of " + source_->name + "/" + from, folder.error());
    const auto how = staged_->Link(*folder, std::string(BaseNameOf(from)), file.path, file.digest);
    if (!how) return tl::make_unexpected(how.error());
    ++(*how == StagedTree::How::kLinked ? counts_.linked : counts_.copied);
  }
  return RemoveUnwanted();
}

/// What was linked ahead and has no place in the new tree. Both lists are sorted.
Result<void> TreeBuild::RemoveUnwanted() {
  std::string emptied;
  auto wanted = manifest_.files.begin();
  for (size_t i = 0; i < linked_ahead_; ++i) {
    const std::string& path = source_->manifest.files[i].path;
    while (wanted != manifest_.files.end() && wanted->path < path) ++wanted;
    if (wanted != manifest_.files.end() && wanted->path == path) continue;
    const auto removed = staged_->Remove(path);
    if (!removed) return removed;
    if (const std::string folder(FolderOf(path)); folder != emptied) {
      if (const auto done = staged_->RemoveEmptyFolder(emptied); !done) return done;
      emptied = folder;
    }
  }
  return staged_->RemoveEmptyFolder(emptied);
}

}  // namespace slipway
