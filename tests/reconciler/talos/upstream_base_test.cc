// Talos' own generated configs, where they are at hand (tests/README.md says where they are looked for).
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "reconciler/talos/base.h"
#include "reconciler/talos/merge.h"
#include "tests/reconciler/talos/upstream_data.h"

namespace slipway::talos {
namespace {

class UpstreamBases : public ::testing::TestWithParam<From> {
 protected:
  void SetUp() override {
    data_ = FoldersOf(GetParam());
    if (!fs::exists(data_.goldens)) GTEST_SKIP() << "no upstream data at " << data_.goldens;
    auto bundle = ReadBundle(LoadYaml(data_.goldens / "secrets.yaml").front().root);
    ASSERT_TRUE(bundle) << bundle.error().front().message;
    bundle_ = *bundle;
    for (const auto& entry : fs::directory_iterator(data_.goldens)) {
      const auto version = TalosVersion::Parse(entry.path().filename().string() + ".0");
      if (version && version->minor >= kOldestMinor) folders_.push_back(entry.path());
    }
  }

  static BaseInput Base(const fs::path& folder) {
    BaseInput input;
    input.cluster_name = "base";
    input.endpoint = "https://base:6443";
    input.version = *TalosVersion::Parse(folder.filename().string() + ".0");
    input.kubernetes_version = "1.28.0";
    return input;
  }

  static BaseInput Overrides(const fs::path& folder) {
    BaseInput input = Base(folder);
    input.options.cert_sans = {"foo", "bar"};
    input.options.schedule_on_control_planes = true;
    input.options.dns_domain = "example.com";
    input.options.install.disk = "/dev/vda";
    input.options.install.extra_kernel_args = {{"foo=bar", {}}, {"bar=baz", {}}};
    input.options.local_api_server_port = 5443;
    input.options.sysctls = {{"foo", "bar"}};
    input.options.cni = Cni::kCustom;
    input.options.cni_urls = {"https://example.com/cni.yaml"};
    input.options.registry_mirrors = {{"ghcr.io", {"https://ghcr.io.my-mirror.com"}}};
    return input;
  }

  /// Equal to the last field, the order of documents and fields included.
  static void ExpectSame(const Documents& made, const fs::path& expected) {
    const auto golden = LoadYaml(expected);
    ASSERT_EQ(made.size(), golden.size()) << expected;
    for (size_t i = 0; i < made.size(); ++i) {
      EXPECT_EQ(yaml::Write(made[i]), yaml::Write(golden[i].root)) << expected << " document " << i;
    }
  }

  UpstreamFolders data_;
  Bundle bundle_;
  std::vector<fs::path> folders_;
};

TEST_P(UpstreamBases, AreEqualForEveryContractAndRole) {
  ASSERT_GE(folders_.size(), 7U);
  for (const fs::path& folder : folders_) {
    for (const Role role : {Role::kControlPlane, Role::kWorker}) {
      ExpectSame(GenerateBase(Base(folder), bundle_, role),
                 folder / ("base-" + std::string(ToString(role)) + ".yaml"));
    }
  }
}

TEST_P(UpstreamBases, AreEqualWithEveryOption) {
  size_t compared = 0;
  for (const fs::path& folder : folders_) {
    for (const Role role : {Role::kControlPlane, Role::kWorker}) {
      const fs::path golden = folder / ("overrides-" + std::string(ToString(role)) + ".yaml");
      if (!fs::exists(golden)) continue;
      const BaseInput input = Overrides(folder);
      Documents documents = GenerateBase(input, bundle_, role);
      const char* patch = input.version.minor < contract::kEveryDocument ? "patch-pre14.yaml" : "patch.yaml";
      const TypeModel& model = TypeModel::Of(input.version.minor);
      const auto loaded = LoadPatch(RootsOf(LoadYaml(data_.goldens / patch)), model);
      ASSERT_TRUE(loaded) << loaded.error().front().message;
      const auto done = ApplyPatch(documents, *loaded, model);
      ASSERT_TRUE(done) << done.error().message;
      // The patch adds a field at the end of a section, the generator writes it in its place.
      EXPECT_EQ(Sorted(documents), Sorted(RootsOf(LoadYaml(golden)))) << golden;
      ++compared;
    }
  }
  EXPECT_EQ(compared, GetParam() == From::kModule ? 2 * folders_.size() : 2);
}

TEST_P(UpstreamBases, TheInvalidBundleIsRefused) {
  const fs::path& folder = data_.secrets;
  EXPECT_TRUE(ReadBundle(LoadYaml(folder / "secrets.yaml").front().root));
  EXPECT_FALSE(ReadBundle(LoadYaml(folder / "invalid-secrets.yaml").front().root));
}

INSTANTIATE_TEST_SUITE_P(From, UpstreamBases, ::testing::Values(From::kShared, From::kModule), NameOf);

}  // namespace
}  // namespace slipway::talos
