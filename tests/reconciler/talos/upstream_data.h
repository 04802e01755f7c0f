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
