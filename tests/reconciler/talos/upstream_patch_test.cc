// Talos' own strategic merge cases, where they are at hand (tests/README.md says where they are looked for).
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "reconciler/talos/merge.h"

namespace slipway::talos {
namespace {

namespace fs = std::filesystem;

fs::path Cases() {
  const char* set = std::getenv("SLIPWAY_SHARED_DATA");
  const fs::path root = set != nullptr ? fs::path(set) : fs::path(SLIPWAY_SOURCE_DIR) / "../shared/data";
  return root / "talos/patch-cases";
}

std::vector<yaml::Document> Load(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  yaml::Stream stream = yaml::Read(text, path.string());
  EXPECT_TRUE(stream.problems.empty()) << path << ": " << stream.problems.front().message;
  return std::move(stream.documents);
}

/// Upstream's expected files carry Go's zero fields (`type: ""`, `cluster: null`): both sides drop them.
bool DropEmpty(yaml::Value& value) {
  if (yaml::Mapping* mapping = value.AsMapping()) {
    std::erase_if(*mapping, [](yaml::Entry& entry) { return DropEmpty(entry.value); });
    std::sort(mapping->begin(), mapping->end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    return mapping->empty();
  }
  if (yaml::Sequence* sequence = value.AsSequence()) {
    for (yaml::Value& item : *sequence) DropEmpty(item);
    return sequence->empty();
  }
  return value.IsNull() || (value.AsString() != nullptr && value.AsString()->empty());
}

std::string Normal(Documents documents) {
  std::string text;
  for (yaml::Value& document : documents) {
    if (!DropEmpty(document)) text += yaml::Write(document) + "---\n";
  }
  return text;
}

Documents Roots(const std::vector<yaml::Document>& parsed) {
  Documents documents;
  for (const auto& document : parsed) documents.push_back(document.root);
  return documents;
}

void ExpectCase(const fs::path& left, const fs::path& right, const fs::path& expected) {
  Documents documents = Roots(Load(left));
  const auto done = ApplyPatch(documents, Load(right));
  ASSERT_TRUE(done) << left << ": " << done.error().message;
  EXPECT_EQ(Normal(documents), Normal(Roots(Load(expected)))) << left;
}

class UpstreamPatches : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(Cases()))
      GTEST_SKIP() << "no upstream data at " << Cases() << " (set SLIPWAY_SHARED_DATA)";
  }
};

TEST_F(UpstreamPatches, StrategicMergeOfDecodedObjects) {
  size_t cases = 0;
  for (const auto& folder : fs::directory_iterator(Cases() / "strategic")) {
    ExpectCase(folder.path() / "left.yaml", folder.path() / "right.yaml", folder.path() / "expected.yaml");
    ++cases;
  }
  EXPECT_GE(cases, 4U);
}

TEST_F(UpstreamPatches, AuditPolicyIsReplaced) {
  const fs::path folder = Cases() / "auditpolicy";
  ExpectCase(folder / "config.yaml", folder / "patch1.yaml", folder / "expected.yaml");
}

TEST_F(UpstreamPatches, ADeleteInAListOfALinkThenAnAdd) {
  const fs::path folder = Cases() / "patchlink";
  ExpectCase(folder / "base.yaml", folder / "patch.yaml", folder / "expected.yaml");
}

TEST_F(UpstreamPatches, ADeleteOfWhatIsMissingIsRefused) {
  Documents documents = Roots(Load(Cases() / "patchdeletemissing/config.yaml"));
  EXPECT_FALSE(ApplyPatch(documents, Load(Cases() / "patchdeletemissing/strategic1.yaml")));
}

}  // namespace
}  // namespace slipway::talos
