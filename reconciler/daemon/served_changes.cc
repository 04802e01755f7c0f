#include "reconciler/daemon/served_changes.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "reconciler/guard/change_set.h"
#include "reconciler/publish/layout.h"
#include "schema/contract/merged_commits.h"

namespace slipway {
namespace {

using NodeFiles = std::set<std::string, std::less<>>;

/// `nodes/worker-02.yaml` of `nodes/worker-02.yaml:1`.
std::string_view FileOf(std::string_view source) { return source.substr(0, source.rfind(':')); }

void AddNodeFiles(const Manifest& manifest, NodeFiles& files) {
  for (const BootEntry& entry : manifest.boot) files.emplace(FileOf(entry.source));
}

std::string KindOf(const guard::Change& change) {
  if (change.Has(Effect::kWithdrawn)) return "withdrawn";
  return change.Has(Effect::kApproved) ? "approved" : "changed";
}

}  // namespace

std::vector<HistoryRecord> ChangesBetween(const Manifest* before, const Manifest& after,
                                          const RevisionInfo& revision) {
  const Manifest nothing;
  const Manifest& old = before == nullptr ? nothing : *before;
  const auto differs = [&](const BootEntry& was, const BootEntry& now, FileKind kind) -> Result<std::string> {
    const FileEntry* left = old.FindFile(guard::PathOf(was, kind));
    const FileEntry* right = after.FindFile(guard::PathOf(now, kind));
    const bool same = left == right || (left != nullptr && right != nullptr && left->digest == right->digest);
    return std::string(same ? "" : "differs");
  };
  const std::vector<MergedCommit> merged = DecodeMerged(revision.commits);
  NodeFiles node_files;
  AddNodeFiles(old, node_files);
  AddNodeFiles(after, node_files);
  std::vector<HistoryRecord> records;
  const auto set = guard::Compare(old, after, differs);
  if (!set) return records;  // `differs` has no errors
  records.reserve(set->changes.size());
  for (const guard::Change& change : set->changes) {
    const std::string kind = KindOf(change);
    std::string detail;
    for (const Effect effect : change.effects) {
      if (ToString(effect) != kind) detail += (detail.empty() ? "" : ", ") + std::string(ToString(effect));
    }
    const BootEntry* entry = after.FindMac(change.mac);
    if (entry == nullptr) entry = old.FindMac(change.mac);
    const MergedCommit* cause =
        entry == nullptr ? nullptr : CauseOf(merged, FileOf(entry->source), node_files);
    const std::string whole = revision.restored_by.empty() ? revision.commit : revision.restored_by;
    records.push_back({revision.published_at * 1000, kind, change.mac.ToColons(), change.node, detail,
                       revision.revision, cause == nullptr ? whole : cause->commit});
  }
  return records;
}

std::optional<Manifest> ReadKeptManifest(const std::string& state_dir, uint64_t number) {
  const std::filesystem::path folder = state_dir + '/' + std::string(kGenerationsName);
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const auto parsed = ParseGenerationName(entry.path().filename().string());
    if (!parsed || parsed->number != number) continue;
    std::ifstream file(entry.path() / kManifestName);
    std::stringstream bytes;
    bytes << file.rdbuf();
    if (auto manifest = DecodeManifest(bytes.str())) return std::move(*manifest);
  }
  return std::nullopt;
}

}  // namespace slipway
