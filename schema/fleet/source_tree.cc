#include "schema/fleet/source_tree.h"

#include <algorithm>

namespace slipway {
namespace {

class MemoryTree : public SourceTree {
 public:
  explicit MemoryTree(std::map<std::string, std::string> contents, std::vector<Entry> entries)
      : contents_(std::move(contents)), entries_(std::move(entries)) {
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.path < b.path; });
  }

  const std::vector<Entry>& entries() const override { return entries_; }

  Result<std::string> Read(const Entry& entry, uint64_t max_bytes) const override {
    const auto found = contents_.find(entry.path);
    if (found == contents_.end()) return FixInput("reading " + entry.path + ": not a file");
    if (found->second.size() > max_bytes) {
      return FixInput("reading " + entry.path + ": more than " + std::to_string(max_bytes) + " bytes");
    }
    return found->second;
  }

 private:
  std::map<std::string, std::string> contents_;
  std::vector<Entry> entries_;
};

}  // namespace

const SourceTree::Entry* SourceTree::Find(std::string_view path) const {
  const std::vector<Entry>& all = entries();
  const auto found =
      std::lower_bound(all.begin(), all.end(), path,
                       [](const Entry& entry, std::string_view wanted) { return entry.path < wanted; });
  return found == all.end() || found->path != path ? nullptr : &*found;
}

std::unique_ptr<SourceTree> MakeMemoryTree(const std::map<std::string, std::string>& files,
                                           const std::map<std::string, std::string>& symlinks,
                                           const std::vector<std::string>& submodules) {
  std::map<std::string, std::string> contents = files;
  std::vector<SourceTree::Entry> entries;
  entries.reserve(files.size() + symlinks.size() + submodules.size());
  // The bytes are their own id: equal ids mean equal bytes.
  for (const auto& [path, bytes] : files) {
    entries.push_back({path, bytes, bytes.size(), SourceTree::EntryKind::kFile});
  }
  for (const auto& [path, target] : symlinks) {
    entries.push_back({path, target, target.size(), SourceTree::EntryKind::kSymlink});
    contents[path] = target;
  }
  for (const std::string& path : submodules)
    entries.push_back({path, path, 0, SourceTree::EntryKind::kSubmodule});
  return std::make_unique<MemoryTree>(std::move(contents), std::move(entries));
}

}  // namespace slipway
