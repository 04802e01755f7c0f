#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "schema/contract/manifest.h"

/// What may go. Pure: the acting side is garbage.h.
namespace slipway {

struct RetentionPolicy {
  size_t keep_newest = 10;              ///< generations, whatever their age
  int64_t keep_younger_than = 60 * 60;  ///< seconds since publication
  int64_t keep_dropped_assets =
      24 * 60 * 60;  ///< seconds since the last generation that named them was replaced
  bool operator==(const RetentionPolicy&) const = default;
};

struct GenerationFacts {
  std::string name;
  uint64_t number = 0;
  int64_t published_at = 0;  ///< Unix seconds; 0 when its revision.json cannot be read
  bool operator==(const GenerationFacts&) const = default;
};

/// The names of the generations to remove, oldest first. Kept are the newest `keep_newest` by number, the
/// ones published less than `keep_younger_than` ago, and everything in `held` (current, pinned). A
/// publication time more than `keep_younger_than` in the future is from a clock that was wrong, and protects
/// nothing.
std::vector<std::string> ChooseGarbage(const std::vector<GenerationFacts>& generations,
                                       const std::set<std::string>& held, int64_t now,
                                       const RetentionPolicy& policy);

/// An asset that the current generation does not name any more, and since when.
struct DroppedAsset {
  FileEntry file;
  int64_t dropped_at = 0;  ///< Unix seconds
  bool operator==(const DroppedAsset&) const = default;
};

/// The dropped assets after a generation with `next` replaces one with `previous` (nullptr: none) at `now`:
/// what was dropped before, plus what `next` drops, minus what `next` names and what is over the time. Sorted
/// by path, one entry a digest.
std::vector<DroppedAsset> UpdateDropped(const std::vector<DroppedAsset>& before, const Manifest* previous,
                                        const Manifest& next, int64_t now, const RetentionPolicy& policy);

struct StoredAsset {
  Sha256 digest;
  int64_t mtime = 0;  ///< Unix seconds
};

/// The digests to remove from the asset store: in none of `named` (by any kept generation, as retained, or
/// wanted by the revision being built), and stored longer ago than assets are kept. The age protects what was
/// fetched for a revision that is not published yet.
std::vector<Sha256> ChooseAssetGarbage(const std::vector<StoredAsset>& stored, const std::set<Sha256>& named,
                                       int64_t now, const RetentionPolicy& policy);

}  // namespace slipway
