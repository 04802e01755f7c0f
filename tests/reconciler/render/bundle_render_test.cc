// Machine configs out of a secrets bundle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconciler/render/base_config.h"
#include "reconciler/talos/base.h"
#include "schema/fleet/codes.h"
#include "schema/fleet/talos_release.h"
#include "tests/reconciler/render/fleet_fixture.h"
#include "tests/reconciler/secrets/seal.h"

namespace slipway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kWorker = "talos/configs/02-00-00-00-00-11.yaml";
constexpr const char* kControlPlane = "talos/configs/02-00-00-00-00-01.yaml";

std::vector<int> Errors(const Diagnostics& diagnostics) {
  std::vector<int> codes;
  for (const Diagnostic& problem : diagnostics) {
    if (problem.severity == Severity::kError) codes.push_back(problem.code);
  }
  return codes;
}

std::vector<yaml::Document> DocumentsOf(const std::string& text) {
  return yaml::Read(text, "config.yaml").documents;
}

TEST(BundleRender, EveryVersionGetsItsConfigs) {
  for (int minor = kOldestTalosMinor; minor <= kNewestTalosMinor; ++minor) {
    const std::string version = "v1." + std::to_string(minor) + ".0";
    const Rendered rendered = Walker().Walk(BundleFleet(version));
    EXPECT_EQ(Errors(rendered.diagnostics), std::vector<int>{}) << FormatText(rendered.diagnostics.front());
    const std::string kubernetes = DefaultKubernetesVersion(minor);
    for (const char* path : {kWorker, kControlPlane}) {
      const std::string& config = rendered.files.at(path);
      EXPECT_THAT(config, HasSubstr("ghcr.io/siderolabs/kubelet:" + kubernetes)) << version;
      EXPECT_THAT(config, HasSubstr("https://10.0.128.100:6443")) << version;
    }
    const auto type = [&](const char* path) {
      return *DocumentsOf(rendered.files.at(path)).front().root.Find("machine")->Find("type")->AsString();
    };
    EXPECT_EQ(type(kWorker), "worker");
    EXPECT_EQ(type(kControlPlane), "controlplane");
  }
}

TEST(BundleRender, AWorkerGetsNoKeyOfTheCluster) {
  for (const char* version : {"v1.11.6", "v1.13.9", "v1.14.0"}) {
    const Rendered rendered = Walker().Walk(BundleFleet(version));
    const yaml::Value bundle = DocumentsOf(BundleText()).front().root;
    for (const char* name : {"etcd", "k8s", "k8saggregator", "k8sserviceaccount", "os"}) {
      const std::string& key = *bundle.Find("certs")->Find(name)->Find("key")->AsString();
      EXPECT_THAT(rendered.files.at(kWorker), Not(HasSubstr(key))) << version << name;
    }
    EXPECT_THAT(rendered.files.at(kWorker), Not(HasSubstr("PRIVATE KEY"))) << version;
  }
}

TEST(BundleRender, TheInstallerIsTheClustersAlsoWhereTheNodeBringsTheDisk) {
  for (const char* version : {"v1.11.6", "v1.13.9", "v1.14.0"}) {
    Files files =
        BundleFleet(version, "    install: {schematic: " + std::string(64, 'a') + ", wipe: true}\n");
    files["nodes/worker-1.yaml"] =
        NodeYaml("worker-1", "02:00:00:00:00:11", "worker", "  install: {disk: /dev/vdb}\n");
    files["nodes/cp-1.yaml"] =
        NodeYaml("cp-1", "02:00:00:00:00:01", "controlplane", "  install: {disk: /dev/vda}\n");
    const Rendered rendered = Walker().Walk(files);
    const std::string& config = rendered.files.at(kWorker);
    EXPECT_THAT(config, HasSubstr("image: factory.talos.dev/metal-installer/" + std::string(64, 'a') + ':' +
                                  version));
    EXPECT_THAT(config, HasSubstr("/dev/vdb"));
    EXPECT_THAT(config, HasSubstr("wipe: true"));
  }
}

TEST(BundleRender, ADamagedBundleIsRefusedAtItsLine) {
  Files files = BundleFleet();
  std::string& bundle = files["secrets.yaml"];
  const size_t at = bundle.find("  bootstraptoken:");
  bundle.erase(at, bundle.find('\n', at) + 1 - at);
  const Rendered rendered = Walker().Walk(files);
  EXPECT_EQ(Errors(rendered.diagnostics), std::vector<int>{code::kBundleField});
  const Diagnostic& problem = rendered.diagnostics.back();
  EXPECT_EQ(problem.file, "secrets.yaml");
  EXPECT_GT(problem.mark.line, 0U);
  EXPECT_TRUE(rendered.files.empty());
  files["secrets.yaml"] = "";
  EXPECT_EQ(Errors(Walker().Walk(files).diagnostics), std::vector<int>{code::kBundleField});
  files.erase("secrets.yaml");
  EXPECT_EQ(Errors(Walker().Walk(files).diagnostics), std::vector<int>{code::kMissingFile});
}

TEST(BundleRender, WarnsOfTheOlderEncryptionSecret) {
  Files files = BundleFleet("v1.13.9");
  std::string& bundle = files["secrets.yaml"];
  bundle.replace(bundle.find("secretboxencryptionsecret"), 25, "aescbcencryptionsecret");
  const auto warned = [&] {
    const Rendered rendered = Walker().Walk(files);
    EXPECT_FALSE(rendered.files.empty());
    return std::any_of(rendered.diagnostics.begin(), rendered.diagnostics.end(),
                       [](const Diagnostic& problem) { return problem.code == code::kOldEncryption; });
  };
  EXPECT_TRUE(warned());
  std::string& cluster = files["cluster.yaml"];
  cluster.replace(cluster.find("v1.13.9"), 7, "v1.14.0");
  EXPECT_FALSE(warned()) << "from 1.14 the config holds it";
}

TEST(BundleRender, AnOptionChangesTheConfigsAndNoScript) {
  Files files = BundleFleet();
  Walker walker;
  walker.Walk(files);
  EXPECT_EQ(walker.Walk(files).produced, 0U);
  std::string& cluster = files["cluster.yaml"];
  cluster.insert(cluster.find("  boot:"), "    sysctls: {a: \"1\"}\n");
  const Rendered rendered = walker.Walk(files);
  EXPECT_THAT(rendered.files.at(kWorker), HasSubstr("a: \"1\""));
  EXPECT_EQ(rendered.files, Walker().Walk(files).files);
}

TEST(BundleRender, AnEncryptedBundleGivesTheSameConfigs) {
  const secrets::Decryptor decryptor(*secrets::ParseIdentities(secrets::TestIdentity()));
  Files files = BundleFleet("v1.13.9");
  const Rendered clear = Walker().Walk(files);
  files["secrets.yaml"] = secrets::SealSops(BundleText());
  const Rendered opened = Walker(decryptor).Walk(files);
  EXPECT_TRUE(opened.diagnostics.empty() || Errors(opened.diagnostics).empty());
  EXPECT_EQ(opened.files, clear.files);
  const Rendered refused = Walker().Walk(files);
  EXPECT_EQ(Errors(refused.diagnostics), std::vector<int>{code::kSecretsNoIdentity});
  EXPECT_TRUE(refused.files.empty());
}

TEST(BaseCache, MakesABaseOnceForAllNodesOfARole) {
  const Files files = BundleFleet();
  const auto tree = MakeMemoryTree(files);
  FleetLoader loader;
  const auto loaded = loader.Load(*tree);
  ASSERT_TRUE(loaded && loaded->fleet);
  const Cluster& cluster = *loaded->fleet->clusters.at("home");
  FileCache cache;
  const auto bundle = cache.Get(*tree, "secrets.yaml");
  ASSERT_TRUE(bundle);
  BaseCache bases;
  for (int pass = 0; pass < 3; ++pass) {
    for (const Role role : {Role::kWorker, Role::kControlPlane, Role::kWorker})
      EXPECT_TRUE(bases.Get(**bundle, cluster, role, cluster.talos_version, 0));
    bases.EndPass();
    EXPECT_EQ(bases.made(), 2U);
  }
  bases.EndPass();
  EXPECT_TRUE(bases.Get(**bundle, cluster, Role::kWorker, cluster.talos_version, 0));
  EXPECT_EQ(bases.made(), 3U) << "what no pass used is forgotten";
}

}  // namespace
}  // namespace slipway
