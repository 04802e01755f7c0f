#include "schema/fleet/tree_check.h"

#include <algorithm>

#include "schema/fleet/codes.h"
#include "schema/fleet/ignore.h"
#include "schema/fleet/utf8.h"

namespace slipway {
namespace {

constexpr std::string_view kIgnoreFile = ".slipwayignore";
constexpr uint64_t kIgnoreFileBytes = 64U << 10U;
constexpr uint64_t kLongestLink = 4096;

bool IsYamlPath(std::string_view path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }

bool IsReadablePath(std::string_view path) {
  return FindInvalidUtf8(path) == std::string_view::npos &&
         std::none_of(path.begin(), path.end(),
                      [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; });
}

Result<IgnoreRules> ReadIgnoreRules(const SourceTree& tree, Diagnostics& diagnostics) {
  const SourceTree::Entry* entry = tree.Find(kIgnoreFile);
  if (entry == nullptr) return IgnoreRules{};
  Reporter reporter(kIgnoreFile, diagnostics);
  const auto refuse = [&](const char* reason, const char* fix) {
    reporter.Error({}, code::kBadIgnoreFile,
                   std::string("the list of excluded paths cannot be used: ") + reason, fix);
    return IgnoreRules{};
  };
  if (entry->kind != SourceTree::EntryKind::kFile)
    return refuse("it is not a file", "make it a plain text file");
  auto bytes = tree.Read(*entry, kIgnoreFileBytes);
  if (!bytes && bytes.error().reaction != Reaction::kFixInput) return tl::make_unexpected(bytes.error());
  if (!bytes) return refuse("it has more than 64 KiB", "shorten it");
  if (FindInvalidUtf8(*bytes) != std::string_view::npos)
    return refuse("it is not UTF-8", "save it as UTF-8 text");
  return IgnoreRules::Parse(*bytes);
}

Result<bool> LinkLeaves(const SourceTree& tree, const SourceTree::Entry& entry) {
  const auto target = tree.Read(entry, kLongestLink);
  if (target) return LeavesTree(entry.path, *target);
  if (target.error().reaction != Reaction::kFixInput) return tl::make_unexpected(target.error());
  return true;
}

}  // namespace

bool LeavesTree(std::string_view path, std::string_view target) {
  if (target.empty() || target.front() == '/') return true;
  auto depth = std::count(path.begin(), path.end(), '/');
  size_t start = 0;
  while (start <= target.size()) {
    const size_t slash = std::min(target.find('/', start), target.size());
    const std::string_view segment = target.substr(start, slash - start);
    if (segment == "..") {
      if (--depth < 0) return true;
    } else if (!segment.empty() && segment != ".") {
      ++depth;
    }
    start = slash + 1;
  }
  return false;
}

bool IsLfsPointer(std::string_view bytes) {
  return bytes.starts_with("version https://git-lfs.github.com/spec/v1");
}

Result<TreeSurvey> SurveyTree(const SourceTree& tree, const LoadLimits& limits) {
  TreeSurvey survey;
  if (tree.entries().size() > limits.entries) {
    Reporter("", survey.diagnostics)
        .Error({}, code::kTooManyFiles,
               "the repository has " + std::to_string(tree.entries().size()) + " files, at most " +
                   std::to_string(limits.entries) + " are read",
               "point source.path at the folder with the resources");
    return survey;
  }
  const auto rules = ReadIgnoreRules(tree, survey.diagnostics);
  if (!rules) return tl::make_unexpected(rules.error());
  for (const SourceTree::Entry& entry : tree.entries()) {
    const bool yaml = IsYamlPath(entry.path);
    if ((!yaml && entry.kind == SourceTree::EntryKind::kFile) || rules->Ignores(entry.path)) continue;
    Reporter reporter(entry.path, survey.diagnostics);
    if (entry.kind == SourceTree::EntryKind::kSubmodule) {
      reporter.Error({}, code::kSubmodule, "this is a Git submodule, whose files Slipway does not fetch",
                     "copy the files in, or exclude the path in .slipwayignore");
    } else if (entry.kind == SourceTree::EntryKind::kSymlink) {
      const auto leaves = LinkLeaves(tree, entry);
      if (!leaves) return tl::make_unexpected(leaves.error());
      if (*leaves) {
        reporter.Error({}, code::kSymlinkOutOfTree, "this symbolic link points outside the repository",
                       "put the file itself here, or exclude the path in .slipwayignore");
      } else if (yaml) {
        reporter.Error({}, code::kSymlinkAsFile, "this is a symbolic link, which Slipway does not follow",
                       "put the file itself here, or exclude the path in .slipwayignore");
      }
    } else if (!IsReadablePath(entry.path)) {
      reporter.Error({}, code::kBadPath, "the path of this file has bytes in it that are no printable UTF-8",
                     "rename the file");
    } else {
      survey.yaml_files.push_back(&entry);
    }
  }
  return survey;
}

Result<std::optional<std::string>> ReadYamlFile(const SourceTree& tree, const SourceTree::Entry& entry,
                                                Mark mark, Reporter& reporter, const LoadLimits& limits) {
  const auto refuse = [&](const std::string& reason) {
    reporter.Error(mark, code::kFileTooLarge, Tick(entry.path) + " cannot be read: " + reason,
                   "split it, or exclude the path in .slipwayignore");
    return std::nullopt;
  };
  if (entry.size > limits.file_bytes) {
    return refuse("it has " + std::to_string(entry.size) + " bytes, at most " +
                  std::to_string(limits.file_bytes) + " are allowed");
  }
  auto bytes = tree.Read(entry, limits.file_bytes);
  if (!bytes) {
    if (bytes.error().reaction != Reaction::kFixInput) return tl::make_unexpected(bytes.error());
    return refuse(bytes.error().message);
  }
  if (IsLfsPointer(*bytes)) {
    reporter.Error(mark, code::kLfsPointer,
                   Tick(entry.path) + " is a Git LFS pointer, whose file Slipway does not fetch",
                   "keep the file in Git itself: `git lfs untrack` it and commit it again");
    return std::nullopt;
  }
  return std::optional<std::string>(*std::move(bytes));
}

}  // namespace slipway
