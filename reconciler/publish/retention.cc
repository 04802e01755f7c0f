#include "reconciler/publish/retention.h"

#include <algorithm>
#include <map>

namespace slipway {
namespace {

bool YoungerThan(int64_t then, int64_t now, int64_t seconds) {
  return then > now - seconds && then <= now + seconds;
}

}  // namespace

std::vector<std::string> ChooseGarbage(const std::vector<GenerationFacts>& generations,
                                       const std::set<std::string>& held, int64_t now,
                                       const RetentionPolicy& policy) {
  std::vector<GenerationFacts> by_age = generations;
  std::sort(by_age.begin(), by_age.end(),
            [](const GenerationFacts& a, const GenerationFacts& b) { return a.number < b.number; });
  std::vector<std::string> garbage;
  for (size_t i = 0; i + policy.keep_newest < by_age.size(); ++i) {
    const GenerationFacts& facts = by_age[i];
    if (YoungerThan(facts.published_at, now, policy.keep_younger_than)) continue;
    if (held.contains(facts.name)) continue;
    garbage.push_back(facts.name);
  }
  return garbage;
}

std::vector<DroppedAsset> UpdateDropped(const std::vector<DroppedAsset>& before, const Manifest* previous,
                                        const Manifest& next, int64_t now, const RetentionPolicy& policy) {
  std::set<Sha256> named;
  for (const FileEntry& file : next.files) {
    if (file.kind == FileKind::kAsset) named.insert(file.digest);
  }
  std::map<Sha256, DroppedAsset> dropped;
  if (previous != nullptr) {
    for (const FileEntry& file : previous->files) {
      if (file.kind != FileKind::kAsset || named.contains(file.digest)) continue;
      dropped.emplace(file.digest, DroppedAsset{file, now});
    }
  }
  for (const DroppedAsset& asset : before) {
    if (named.contains(asset.file.digest)) continue;
    if (!YoungerThan(asset.dropped_at, now, policy.keep_dropped_assets)) continue;
    dropped.emplace(asset.file.digest, asset);  // dropped once more just now: the later time stays
  }
  std::vector<DroppedAsset> result;
  result.reserve(dropped.size());
  for (auto& [digest, asset] : dropped) result.push_back(std::move(asset));
  std::sort(result.begin(), result.end(),
            [](const DroppedAsset& a, const DroppedAsset& b) { return a.file.path < b.file.path; });
  return result;
}

std::vector<Sha256> ChooseAssetGarbage(const std::vector<StoredAsset>& stored, const std::set<Sha256>& named,
                                       int64_t now, const RetentionPolicy& policy) {
  std::vector<Sha256> garbage;
  for (const StoredAsset& asset : stored) {
    if (named.contains(asset.digest)) continue;
    if (YoungerThan(asset.mtime, now, policy.keep_dropped_assets)) continue;
    garbage.push_back(asset.digest);
  }
  return garbage;
}

}  // namespace slipway
