// The sample documents of Talos' own tests, as Go keeps them with the module where it was fetched.
#include <gtest/gtest.h>

#include "reconciler/talos/decode.h"
#include "reconciler/talos/validation.h"
#include "tests/reconciler/talos/upstream_data.h"

namespace slipway::talos {
namespace {

class UpstreamSamples : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(config_)) GTEST_SKIP() << "Talos' module is not there: " << config_;
  }

  static std::string ProblemsOf(const fs::path& path, Purpose purpose = Purpose::kConfig) {
    Documents documents = RootsOf(LoadYaml(path));
    std::string all;
    for (const ConfigError& problem : Decode(documents, TypeModel::Of(kNewestMinor), purpose))
      all += std::to_string(problem.mark.line) + ": " + problem.message + '\n';
    return all;
  }

  const fs::path config_ = ModuleSources() / "config";
};

TEST_F(UpstreamSamples, EveryDocumentIsKnown) {
  size_t samples = 0;
  for (const auto& entry : fs::recursive_directory_iterator(config_ / "types")) {
    const std::string path = entry.path().string();
    if (entry.path().extension() != ".yaml" || path.find("/v1alpha1/") != std::string::npos) continue;
    if (path.find("/meta/") != std::string::npos) continue;  // parts of documents
    EXPECT_EQ(ProblemsOf(path), "") << path;
    ++samples;
  }
  EXPECT_GE(samples, 105U);
}

TEST_F(UpstreamSamples, AnEmptyListOfSearchDomainsIsKept) {
  const Documents documents =
      RootsOf(LoadYaml(config_ / "types/network/testdata/resolverconfig_empty_search_domains.yaml"));
  const yaml::Value* domains = documents.front().Find("searchDomains")->Find("domains");
  ASSERT_NE(domains, nullptr);
  ASSERT_NE(domains->AsSequence(), nullptr);
  EXPECT_TRUE(domains->AsSequence()->empty());
}

TEST_F(UpstreamSamples, TheLoaderTakesWhatTalosTakes) {
  const fs::path folder = config_ / "configloader/testdata";
  for (const char* name : {"controlplane", "worker", "multidoc1", "multidoc2", "multidoc3"})
    EXPECT_EQ(ProblemsOf(folder / (std::string(name) + ".test")), "") << name;
  const fs::path decoder = config_ / "configloader/internal/decoder/testdata";
  EXPECT_EQ(ProblemsOf(decoder / "controlplane.yaml"), "");
  EXPECT_EQ(ProblemsOf(decoder / "worker.yaml"), "");
  EXPECT_NE(ProblemsOf(decoder / "double/v1alpha1.yaml"), "");
}

TEST_F(UpstreamSamples, WhatTheGeneratorMakesIsValid) {
  size_t configs = 0;
  const fs::path goldens = FoldersOf(From::kModule).goldens;
  for (const auto& entry : fs::recursive_directory_iterator(goldens)) {
    const auto version = TalosVersion::Parse(entry.path().parent_path().filename().string() + ".0");
    const bool base = entry.path().filename().string().starts_with("base-");
    if (!version || version->minor < kOldestMinor || !base) continue;
    Documents documents = RootsOf(LoadYaml(entry.path()));
    EXPECT_TRUE(Decode(documents, TypeModel::Of(version->minor), Purpose::kConfig).empty()) << entry.path();
    for (const Finding& finding : Validate(documents, *version, RuntimeMode::kMetal)) {
      // They are made for Kubernetes 1.28, without a disk.
      const bool known = finding.message.find("1.28.0") != std::string::npos ||
                         finding.message.find("`machine.install` names no disk") != std::string::npos;
      EXPECT_TRUE(known) << entry.path() << ':' << finding.mark.line << ": " << finding.message;
    }
    ++configs;
  }
  EXPECT_EQ(configs, 14U);
}

}  // namespace
}  // namespace slipway::talos
