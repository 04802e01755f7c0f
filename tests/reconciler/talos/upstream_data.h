#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "reconciler/talos/documents.h"

namespace slipway::talos {

namespace fs = std::filesystem;

/// Where upstream's data lies on a machine that has it.
inline fs::path UpstreamData() {
  const char* set = std::getenv("SLIPWAY_SHARED_DATA");
  const fs::path root = set != nullptr ? fs::path(set) : fs::path(SLIPWAY_SOURCE_DIR) / "../shared/data";
  return root / "talos";
}

/// Talos' published module as Go keeps it, where an oracle or somebody else has fetched it.
inline fs::path ModuleSources(const std::string& version = "v1.14.1") {
  const char* cache = std::getenv("GOMODCACHE");
  const char* home = std::getenv("HOME");
  const fs::path root =
      cache != nullptr ? fs::path(cache) : fs::path(home != nullptr ? home : "") / "go/pkg/mod";
  return root / ("github.com/siderolabs/talos/pkg/machinery@" + version);
}

/// Upstream's test data is in two places: what this machine shares, and the module itself, which has all of
/// it.
enum class From { kShared, kModule };

struct UpstreamFolders {
  fs::path goldens;    ///< a folder for each contract, secrets.yaml, patches
  fs::path secrets;    ///< bundles, good and bad
  fs::path patches;    ///< configpatcher's cases
  fs::path strategic;  ///< those of the merge alone
};

inline UpstreamFolders FoldersOf(From from) {
  if (from == From::kShared) {
    const fs::path root = UpstreamData();
    return {root / "golden", root / "golden/secrets", root / "patch-cases", root / "patch-cases/strategic"};
  }
  const fs::path root = ModuleSources() / "config";
  return {root / "types/v1alpha1/testdata/stability", root / "generate/secrets/testdata",
          root / "configpatcher/testdata", root / "types/v1alpha1/testdata/strategic"};
}

inline std::string NameOf(const ::testing::TestParamInfo<From>& tested) {
  return tested.param == From::kShared ? "Shared" : "Module";
}

inline std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << "cannot read " << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::vector<yaml::Document> LoadYaml(const fs::path& path) {
  yaml::Stream stream = yaml::Read(ReadText(path), path.string());
  EXPECT_TRUE(stream.problems.empty()) << path << ": " << stream.problems.front().message;
  if (stream.documents.empty()) stream.documents.emplace_back();
  return std::move(stream.documents);
}

inline Documents RootsOf(const std::vector<yaml::Document>& parsed) {
  Documents documents;
  for (const auto& document : parsed) documents.push_back(document.root);
  return documents;
}

inline void SortKeys(yaml::Value& value) {
  if (yaml::Mapping* mapping = value.AsMapping()) {
    std::sort(mapping->begin(), mapping->end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    for (yaml::Entry& entry : *mapping) SortKeys(entry.value);
  } else if (yaml::Sequence* sequence = value.AsSequence()) {
    for (yaml::Value& item : *sequence) SortKeys(item);
  }
}

/// The documents as text with the keys of every mapping in order: equal for configs that say the same.
inline std::string Sorted(Documents documents) {
  std::string text;
  for (yaml::Value& document : documents) {
    SortKeys(document);
    text += yaml::Write(document) + "---\n";
  }
  return text;
}

}  // namespace slipway::talos
