// Talos' own strategic merge cases, where they are at hand (tests/README.md says where they are looked for).
#include <gtest/gtest.h>

#include "reconciler/talos/merge.h"
#include "tests/reconciler/talos/patch_fixture.h"
#include "tests/reconciler/talos/upstream_data.h"

namespace slipway::talos {
namespace {

Documents Load(const fs::path& path) { return RootsOf(LoadYaml(path)); }

/// Applies patches in order, the first error is the answer.
ConfigResult<void> ApplyAll(Documents& documents, const std::vector<fs::path>& patches, int minor = kNewest) {
  const TypeModel& model = TypeModel::Of(minor);
  const Problems problems = Decode(documents, model, Purpose::kConfig);
  if (!problems.empty()) return tl::make_unexpected(problems.front());
  for (const fs::path& path : patches) {
    auto patch = LoadPatch(Load(path), model);
    if (!patch) return tl::make_unexpected(patch.error().front());
    if (auto done = ApplyPatch(documents, *patch, model); !done) return done;
  }
  return {};
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

/// `expected` is decoded too: both sides then write numbers and words alike.
void ExpectCase(const fs::path& left, const std::vector<fs::path>& patches, const fs::path& expected,
                int minor = kNewest) {
  Documents documents = Load(left);
  const auto done = ApplyAll(documents, patches, minor);
  ASSERT_TRUE(done) << left << ": line " << done.error().mark.line << ": " << done.error().message;
  Documents wanted = Load(expected);
  ASSERT_TRUE(ApplyAll(wanted, {}, minor)) << expected;
  EXPECT_EQ(Normal(documents), Normal(wanted)) << left;
}

class UpstreamPatches : public ::testing::TestWithParam<From> {
 protected:
  void SetUp() override {
    if (!fs::exists(Cases())) GTEST_SKIP() << "no upstream data at " << Cases();
  }

  static fs::path Cases() { return FoldersOf(GetParam()).patches; }
};

TEST_P(UpstreamPatches, StrategicMergeOfDecodedObjects) {
  size_t cases = 0;
  for (const auto& folder : fs::directory_iterator(FoldersOf(GetParam()).strategic)) {
    ExpectCase(folder.path() / "left.yaml", {folder.path() / "right.yaml"}, folder.path() / "expected.yaml");
    ++cases;
  }
  EXPECT_EQ(cases, GetParam() == From::kModule ? 6U : 4U);
}

TEST_P(UpstreamPatches, AuditPolicyIsReplaced) {
  const fs::path folder = Cases() / "auditpolicy";
  ExpectCase(folder / "config.yaml", {folder / "patch1.yaml"}, folder / "expected.yaml");
}

TEST_P(UpstreamPatches, ADeleteInAListOfALinkThenAnAdd) {
  const fs::path folder = Cases() / "patchlink";
  ExpectCase(folder / "base.yaml", {folder / "patch.yaml"}, folder / "expected.yaml");
}

TEST_P(UpstreamPatches, StrategicAndJsonPatchesInTurn) {
  const fs::path folder = Cases() / "apply";
  ExpectCase(folder / "config.yaml",
             {folder / "strategic1.yaml", folder / "jsonpatch1.yaml", folder / "jsonpatch2.yaml",
              folder / "strategic2.yaml", folder / "strategic3.yaml"},
             folder / "expected.yaml");
}

TEST_P(UpstreamPatches, ManifestsLoseTheirLeadingLineEnds) {
  const fs::path folder = Cases() / "apply";
  ExpectCase(folder / "config.yaml", {folder / "strategic4.yaml"}, folder / "expected_manifests.yaml");
}

TEST_P(UpstreamPatches, ADeleteOfWhatIsMissingIsRefused) {
  Documents documents = Load(Cases() / "patchdeletemissing/config.yaml");
  EXPECT_FALSE(ApplyAll(documents, {Cases() / "patchdeletemissing/strategic1.yaml"}));
}

INSTANTIATE_TEST_SUITE_P(From, UpstreamPatches, ::testing::Values(From::kShared, From::kModule), NameOf);

/// Cases that only the module has.
class ModulePatches : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(cases_)) GTEST_SKIP() << "Talos' module is not there: " << cases_;
  }

  const fs::path cases_ = FoldersOf(From::kModule).patches;
};

TEST_F(ModulePatches, DocumentsAreMergedAddedAndDeleted) {
  const fs::path folder = cases_ / "multidoc";
  ExpectCase(folder / "config.yaml",
             {folder / "strategic1.yaml", folder / "strategic2.yaml", folder / "strategic3.yaml"},
             folder / "expected.yaml");
  Documents documents = Load(folder / "config.yaml");
  EXPECT_FALSE(ApplyAll(documents, {folder / "jsonpatch.yaml", folder / "strategic1.yaml"}))
      << "a JSON patch on several documents";
  Documents none;
  ASSERT_TRUE(ApplyAll(none, {folder / "strategic2.yaml"}));
  EXPECT_EQ(none.size(), 2U);
}

TEST_F(ModulePatches, FieldsAndItemsAreDeleted) {
  const fs::path folder = cases_ / "patchdelete";
  ExpectCase(folder / "config.yaml", {folder / "strategic1.yaml"}, folder / "expected.yaml");
  ExpectCase(folder / "controlplane_orig.yaml",
             {folder / "strategic2.yaml", folder / "strategic3.yaml", folder / "strategic4.yaml"},
             folder / "controlplane_expected.yaml");
}

TEST_F(ModulePatches, OneDocumentMayComeSeveralTimes) {
  const fs::path folder = cases_ / "patchmixed";
  ExpectCase(folder / "base.yaml", {folder / "patch.yaml"}, folder / "expected.yaml");
}

}  // namespace
}  // namespace slipway::talos
