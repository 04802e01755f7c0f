#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "reconciler/publish/digest_cache.h"
#include "reconciler/publish/generation.h"
#include "reconciler/publish/rendered_tree.h"
#include "reconciler/publish/staged_tree.h"
#include "reconciler/publish/state_dir.h"
#include "reconciler/publish/successor.h"

namespace slipway {

/// What publishing did, for the status page and the tests.
struct PublishCounts {
  size_t written = 0;   ///< files with new bytes
  size_t linked = 0;    ///< files that share the bytes of a published or stored one
  size_t copied = 0;    ///< would have been linked, but the filesystem does not allow it
  size_t repaired = 0;  ///< of those written: they replace a published file that was damaged on the disk
  uint64_t bytes = 0;   ///< of the written files
  bool operator==(const PublishCounts&) const = default;
};

/// Turns a RenderedTree into a staged one. Nothing is written before the first file that the source
/// generation does not have, so that a tree equal to it costs no write at all. Everything passed in must
/// outlive this.
class TreeBuild {
 public:
  /// `source` is the generation to link unchanged files from; nullptr when there is none. `ahead` is what was
  /// linked of it before, if anything: used up by the first file that is staged.
  TreeBuild(const StateDir& state, DigestCache& cache, const Generation* source, Successor* ahead,
            const RenderedTree& tree);

  /// Finds out the digest of every file, and stages those that are new. Fills the manifest's files.
  Result<void> Resolve();

  /// True when Resolve had to write something.
  bool staged() const { return staged_ != nullptr; }

  /// Stages the links that Resolve put off. After this the staged tree is complete but for its manifest.
  Result<void> Complete();

  StagedTree& tree() { return *staged_; }
  const PublishCounts& counts() const { return counts_; }
  Manifest TakeManifest() { return std::move(manifest_); }
  const Manifest& manifest() const { return manifest_; }

 private:
  struct Deferred {
    uint32_t file = 0;    ///< index in manifest_.files
    uint32_t source = 0;  ///< index in source_->manifest.files
  };

  Result<void> ResolveItem(size_t index);
  Result<void> ResolveAsset(size_t index);
  Result<bool> SourceHas(const RenderedItem& item, const Sha256& digest, std::optional<uint64_t> size);
  Result<std::string> Produce(size_t index);
  Result<void> Put(const RenderedItem& item, std::string_view bytes, const Sha256& digest);
  Result<void> Stage();
  Result<void> MakeRoom(const RenderedItem& item);
  Result<void> RemoveUnwanted();
  Result<void> CheckItems() const;

  const StateDir& state_;
  DigestCache& cache_;
  const Generation* source_;
  Successor* ahead_;
  size_t linked_ahead_ = 0;  ///< the first so many files of the source are in the staged tree already
  const RenderedTree& rendered_;
  Fd source_dir_;
  std::unique_ptr<DirCursor> source_cursor_;
  size_t source_at_ = 0;  ///< both lists are sorted by path: walked side by side
  bool source_damaged_ = false;
  Manifest manifest_;
  std::vector<Deferred> deferred_;
  struct DigestHash {
    size_t operator()(const Sha256& digest) const;
  };
  std::unordered_map<Sha256, uint32_t, DigestHash> written_;  ///< digest → index in manifest_.files
  std::unique_ptr<StagedTree> staged_;
  PublishCounts counts_;
};

}  // namespace slipway
