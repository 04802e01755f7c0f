#include "reconciler/import/talosctl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconciler/import/config_diff.h"
#include "reconciler/talos/base.h"
#include "tests/reconciler/import/fixture.h"

namespace slipway::imports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

talos::Documents Base(Role role, const std::string& version, const std::string& kubernetes) {
  const auto bundle = talos::ReadBundle(yaml::Read(BundleText(), "secrets.yaml").documents.front().root);
  EXPECT_TRUE(bundle);
  talos::BaseInput input;
  input.cluster_name = "home";
  input.endpoint = "https://10.1.0.10:6443";
  input.version = *TalosVersion::Parse(version);
  input.kubernetes_version = kubernetes;
  input.options.install.image = "ghcr.io/siderolabs/installer:" + version;
  input.options.install.disk = "/dev/sda";
  return talos::GenerateBase(input, *bundle, role);
}

std::string TextOf(const talos::Documents& documents) {
  std::vector<const yaml::Value*> all;
  for (const yaml::Value& document : documents) all.push_back(&document);
  return yaml::Write(all);
}

/// A folder of configs that were changed by hand.
Files Folder(const std::string& version, const std::string& kubernetes) {
  Files files;
  for (const Role role : {Role::kControlPlane, Role::kWorker}) {
    talos::Documents documents = Base(role, version, kubernetes);
    yaml::Value& machine = talos::FindMain(documents)->At("machine");
    machine.At("env").At("HTTP_PROXY") = yaml::Value("http://10.1.0.1:3128");
    machine.At("certSANs") = yaml::Value(yaml::Sequence{yaml::Value("home.example")});
    machine.At("features").Erase("diskQuotaSupport");
    files[std::string(ToString(role)) + ".yaml"] = TextOf(documents);
  }
  return files;
}

constexpr const char* kNode =
    "apiVersion: slipway/v1alpha1\nkind: Node\nmetadata: {name: ROLE-1}\nspec:\n  cluster: home\n  role: "
    "ROLE\n"
    "  identity: {macs: []}\n";

/// Renders a node of each role, as they stand in the folder but for what a Node adds.
Rendered WithNodes(Files files) {
  for (const std::string role : {"controlplane", "worker"}) {
    std::string node = kNode;
    for (size_t at = node.find("ROLE"); at != std::string::npos; at = node.find("ROLE"))
      node.replace(at, 4, role);
    files["nodes/" + role + ".yaml"] = node;
  }
  return Render(std::move(files));
}

TEST(Talosctl, WithTheBundleTheClusterStandsOnItAndItsPatches) {
  for (const auto& [version, kubernetes] :
       {std::pair("v1.11.6", "v1.34.1"), std::pair("v1.12.11", "v1.35.4"), std::pair("v1.13.9", "v1.36.3")}) {
    Files files = Folder(version, kubernetes);
    files["secrets.yaml"] = BundleText();
    const auto imported = Talosctl(files);
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_TRUE(imported->Complete());
    EXPECT_FALSE(imported->files.contains("base/controlplane.yaml"))
        << RemarksOf(*imported, RemarkKind::kNote);
    EXPECT_EQ(imported->files.at("secrets/home.yaml"), BundleText());
    const Rendered with_bundle = WithNodes(imported->files);
    EXPECT_FALSE(HasErrors(with_bundle.diagnostics)) << FormatText(with_bundle.diagnostics.front());
    files.erase("secrets.yaml");
    const auto plain = Talosctl(files);
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->files.at("base/worker.yaml"), files.at("worker.yaml"));
    const Rendered with_base = WithNodes(plain->files);
    EXPECT_FALSE(HasErrors(with_base.diagnostics)) << FormatText(with_base.diagnostics.front());
    ASSERT_EQ(with_base.configs.size(), 2U);
    for (const auto& [name, config] : with_base.configs) {
      EXPECT_EQ(Normal(with_bundle.configs.at(name)), Normal(config)) << version;
      EXPECT_TRUE(MainField(config, "machine.features.diskQuotaSupport").IsNull());
    }
  }
}

TEST(Talosctl, ABundleOfAnotherClusterIsNotUsed) {
  Files files = Folder("v1.13.9", "v1.36.3");
  std::string other = BundleText();
  const size_t at = other.find("bootstraptoken: ") + 16;
  other[at] = other[at] == 'a' ? 'b' : 'a';
  files["secrets.yaml"] = other;
  const auto imported = Talosctl(files);
  ASSERT_TRUE(imported);
  EXPECT_TRUE(imported->files.contains("base/controlplane.yaml"));
  EXPECT_THAT(RemarksOf(*imported, RemarkKind::kNote), HasSubstr("so they are copied"));
}

TEST(Talosctl, WithoutAnInstallerTheFormTellsTheVersion) {
  Files files = Folder("v1.12.11", "v1.35.4");
  for (auto& [path, text] : files) {
    const size_t at = text.find("ghcr.io/siderolabs/installer:v1.12.11");
    text.replace(at, 37, "registry.example/installer");
  }
  const auto imported = Talosctl(files);
  ASSERT_TRUE(imported);
  EXPECT_THAT(imported->files.at("cluster.yaml"), HasSubstr("version: v1.12.11"));
  EXPECT_THAT(RemarksOf(*imported, RemarkKind::kToDo), HasSubstr("by their form they are of Talos 1.12"));
}

TEST(Talosctl, OtherFilesAreNamed) {
  Files files = Folder("v1.13.9", "v1.36.3");
  files["talosconfig"] = "context: home\n";
  files["patch.yaml"] = "machine: {}\n";
  const auto imported = Talosctl(files);
  ASSERT_TRUE(imported);
  EXPECT_THAT(RemarksOf(*imported, RemarkKind::kLost), HasSubstr("patch.yaml was not looked at"));
  EXPECT_THAT(RemarksOf(*imported, RemarkKind::kNote), HasSubstr("talosconfig is not copied"));
  for (const auto& [path, bytes] : imported->files) EXPECT_THAT(path, Not(HasSubstr("talosconfig")));
}

TEST(Talosctl, RefusesWhatIsNoSuchFolder) {
  EXPECT_FALSE(Talosctl({}));
  EXPECT_FALSE(Talosctl({{"worker.yaml", "a: 1\n"}}));
  EXPECT_FALSE(Talosctl({{"worker.yaml", TextOf(Base(Role::kControlPlane, "v1.13.9", "v1.36.3"))}}));
}

TEST(ConfigDiff, FindsPatchesThatGiveTheOther) {
  const auto parse = [](const std::string& text) {
    talos::Documents documents;
    for (yaml::Document& document : yaml::Read(text, "c").documents) documents.push_back(document.root);
    return documents;
  };
  const auto from = parse(
      "machine: {certSANs: [a, b], env: {X: '1'}, sysctls: {k: v}}\n---\n"
      "apiVersion: v1alpha1\nkind: HostnameConfig\nauto: stable\n");
  const auto to = parse(
      "machine: {certSANs: [c], env: {X: '1', Y: '2'}}\n---\n"
      "apiVersion: v1alpha1\nkind: WatchdogTimerConfig\ndevice: /dev/watchdog0\ntimeout: 2m0s\n");
  const auto patches = DiffAsPatches(from, to, *TalosVersion::Parse("v1.13.9"));
  ASSERT_TRUE(patches);
  EXPECT_EQ(patches->size(), 2U);
  EXPECT_TRUE(DiffAsPatches(from, from, *TalosVersion::Parse("v1.13.9"))->empty());
  EXPECT_FALSE(SameDocuments(from, to));
}

}  // namespace
}  // namespace slipway::imports
