// Base configs, bundles and talosconfigs before the referee in tests/oracle/gen, which asks Talos' published
// module, in two of its releases. Without a Go toolchain there is nothing to compare with.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "reconciler/talos/base.h"
#include "reconciler/talos/bundle_new.h"
#include "reconciler/talos/talosconfig.h"
#include "reconciler/talos/values.h"
#include "schema/fleet/talos_release.h"
#include "tests/reconciler/talos/upstream_data.h"
#include "tests/reconciler/temp_dir.h"

namespace slipway::talos {
namespace {

constexpr const char* kCases = "210";

/// The parameter is the release: 1.14 makes and accepts what 1.13 did not know.
class GenOracle : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    program_ = std::string(SLIPWAY_BINARY_DIR "/oracle/gen-oracle-") + GetParam();
    if (!fs::exists(program_)) GTEST_SKIP() << "the referee " << program_ << " is not built: it needs Go";
    auto bundle = MakeBundle(*TalosVersion::Parse("v1.13.9"), std::time(nullptr), DrawRandom);
    ASSERT_TRUE(bundle) << bundle.error().message;
    bundle_ = *bundle;
    Write(Path("secrets.yaml"), yaml::Write(WriteBundle(bundle_)));
  }

  std::string Path(const std::string& name) const { return dir_.path().string() + '/' + name; }

  static void Write(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    ASSERT_TRUE(file.flush()) << path;
  }

  /// What the referee prints; its exit code must be 0.
  std::string Ask(const std::string& arguments) const {
    const std::string command = '\'' + program_ + "' " + arguments + " 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    EXPECT_NE(pipe, nullptr);
    std::string output;
    char part[4096];
    for (size_t got = 0; pipe != nullptr && (got = std::fread(part, 1, sizeof part, pipe)) > 0;)
      output.append(part, got);
    EXPECT_EQ(::pclose(pipe), 0) << command << '\n' << output;
    return output;
  }

  void Generate(const BaseInput& input, Role role, const std::string& path) const {
    const Documents documents = GenerateBase(input, bundle_, role);
    std::vector<const yaml::Value*> order;
    for (const yaml::Value& document : documents) order.push_back(&document);
    Write(path, yaml::Write(order));
  }

  slipway::testing::TempDir dir_;
  std::string program_;
  Bundle bundle_;
};

std::vector<std::string> Texts(const yaml::Value* list) {
  std::vector<std::string> texts;
  if (list == nullptr || list->AsSequence() == nullptr) return texts;
  for (const yaml::Value& item : *list->AsSequence()) texts.push_back(*item.AsString());
  return texts;
}

/// The case that the referee describes; JSON is YAML.
BaseInput InputOf(const yaml::Value& root) {
  const auto text = [&root](const char* key) { return *root.Find(key)->AsString(); };
  BaseInput input;
  input.version = {1, static_cast<int>(root.Find("minor")->AsInteger()->value), 0, ""};
  input.cluster_name = text("name");
  input.endpoint = text("endpoint");
  input.kubernetes_version = text("kubernetes");
  TalosOptions& options = input.options;
  options.cert_sans = Texts(root.Find("sans"));
  options.dns_domain = text("dnsDomain");
  options.pod_subnets = Texts(root.Find("podNets"));
  options.service_subnets = Texts(root.Find("serviceNets"));
  options.install.disk = text("disk");
  options.install.image = text("image");
  for (const std::string& argument : Texts(root.Find("kernelArgs")))
    options.install.extra_kernel_args.push_back({argument, {}});
  options.local_api_server_port = static_cast<int>(root.Find("apiServerPort")->AsInteger()->value);
  for (const yaml::Entry& entry : *root.Find("sysctls")->AsMapping())
    options.sysctls[entry.key] = *entry.value.AsString();
  options.cni_urls = Texts(root.Find("cniURLs"));
  if (!options.cni_urls.empty()) options.cni = Cni::kCustom;
  for (const yaml::Entry& entry : *root.Find("mirrors")->AsMapping())
    options.registry_mirrors[entry.key] = Texts(&entry.value);
  options.schedule_on_control_planes = *root.Find("scheduling")->AsBool();
  options.discovery = *root.Find("discovery")->AsBool();
  if (const bool* kubespan = root.Find("kubespan")->AsBool()) options.kubespan = *kubespan;
  return input;
}

TEST_P(GenOracle, EveryRandomBaseConfigIsTheOneThatTalosMakes) {
  const char* set = std::getenv("SLIPWAY_ORACLE_SEED");
  const std::string seed = set != nullptr ? set : std::to_string(std::time(nullptr));
  std::printf("seed %s (SLIPWAY_ORACLE_SEED sets it)\n", seed.c_str());
  Ask("make " + seed + ' ' + kCases + ' ' + Path("secrets.yaml") + ' ' + dir_.path().string());
  size_t cases = 0;
  std::string with_disk;
  for (const auto& entry : fs::directory_iterator(dir_.path())) {
    if (entry.path().extension() != ".json") continue;
    const BaseInput input = InputOf(LoadYaml(entry.path()).front().root);
    ++cases;
    for (const Role role : {Role::kControlPlane, Role::kWorker}) {
      const std::string path =
          Path(entry.path().stem().string() + '-' + std::string(ToString(role)) + ".ours.yaml");
      Generate(input, role, path);
      if (!input.options.install.disk.empty()) with_disk += ' ' + path;
    }
  }
  EXPECT_EQ(cases, std::stoul(kCases));
  EXPECT_EQ(Ask("compare " + dir_.path().string()), std::to_string(2 * cases) + " compared\n")
      << "seed " << seed;
  Ask("validate" + with_disk);
}

TEST_P(GenOracle, WhatTheGeneratorHasNoOptionForIsValid) {
  const int newest = std::stoi(Ask("newest"));
  EXPECT_EQ("1." + std::to_string(newest), GetParam());
  std::string files;
  for (int minor = kOldestTalosMinor; minor <= std::min(newest, kNewestTalosMinor); ++minor) {
    for (const Cni cni : {Cni::kNone, Cni::kCilium, Cni::kCustom}) {
      BaseInput input;
      input.cluster_name = "home";
      input.endpoint = "https://10.0.0.1:6443";
      input.version = {1, minor, 0, ""};
      input.kubernetes_version = DefaultKubernetesVersion(minor);
      TalosOptions& options = input.options;
      options.cni = cni;
      if (cni == Cni::kCustom)
        options.cni_urls = {"https://example.org/a.yaml", "https://example.org/b.yaml"};
      options.install.disk = "/dev/vda";
      options.install.image = DefaultInstallImage(input.version);
      options.install.wipe = true;
      options.kubelet.extra_args = OneField("v", std::string("2"));
      options.kubelet.extra_config = OneField("maxPods", yaml::Value(int64_t{200}));
      options.kubelet.node_ip_subnets = {"10.0.0.0/8", "!10.0.0.9"};
      options.kubelet.cluster_dns = {"10.96.0.10"};
      for (const Role role : {Role::kControlPlane, Role::kWorker}) {
        const std::string path = Path(std::to_string(minor) + '-' + std::to_string(static_cast<int>(cni)) +
                                      '-' + std::string(ToString(role)) + ".yaml");
        Generate(input, role, path);
        files += ' ' + path;
      }
    }
  }
  Ask("validate" + files);
}

TEST_P(GenOracle, BundleAndTalosconfigAreAccepted) {
  ClientRequest request;
  request.cluster = "home";
  request.endpoints = {"10.0.0.1"};
  request.roles = {"os:admin"};
  request.validity = {std::time(nullptr) - 1, std::time(nullptr) + 3600};
  ASSERT_TRUE(DrawRandom(request.serial));
  ASSERT_TRUE(DrawRandom(request.seed));
  const auto made = MakeTalosconfig(bundle_, request);
  ASSERT_TRUE(made);
  Write(Path("talosconfig"), yaml::Write(*made));
  Ask("secrets " + Path("secrets.yaml") + ' ' + Path("talosconfig"));
}

INSTANTIATE_TEST_SUITE_P(Talos, GenOracle, ::testing::Values("1.13", "1.14"),
                         [](const auto& tested) { return "V1_" + std::string(tested.param).substr(2); });

}  // namespace
}  // namespace slipway::talos
