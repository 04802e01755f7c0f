// talhelper's own module and the import must come to the same machine configs. The module's program is in
// tests/oracle/import; without a Go toolchain there is nothing to compare with.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "reconciler/import/fields.h"
#include "schema/fleet/fleet.h"
#include "tests/reconciler/import/fixture.h"
#include "tests/reconciler/temp_dir.h"

namespace slipway::imports {
namespace {

namespace fs = std::filesystem;

constexpr int kCases = 60;

unsigned Seed() {
  const char* set = std::getenv("SLIPWAY_ORACLE_SEED");
  return set != nullptr ? static_cast<unsigned>(std::atoi(set)) : 20261121U;
}

/// Takes fields away at random; what talhelper asks for stays.
class Thinner {
 public:
  explicit Thinner(unsigned seed) : random_(seed) {}

  void Thin(yaml::Value& config) {
    Drop(config, {"clusterName", "talosVersion", "kubernetesVersion", "endpoint", "nodes"}, 4);
    for (yaml::Value& node : *config.At("nodes").AsSequence()) {
      Drop(node, {"hostname", "ipAddress", "controlPlane", "installDisk", "installDiskSelector"}, 4);
      if (node.Find("networkInterfaces") == nullptr) continue;
      for (yaml::Value& device : *node.At("networkInterfaces").AsSequence()) {
        Drop(device, {"interface", "deviceSelector", "bond", "bridge"}, 5);
      }
    }
    for (const std::string_view group : {"controlPlane", "worker"}) {
      if (config.Find(group) != nullptr) Drop(config.At(group), {}, 4);
    }
  }

  size_t Pick(size_t count) { return random_() % count; }

 private:
  void Drop(yaml::Value& mapping, std::initializer_list<std::string_view> kept, unsigned one_in) {
    std::erase_if(*mapping.AsMapping(), [&](const yaml::Entry& entry) {
      return std::find(kept.begin(), kept.end(), entry.key) == kept.end() && random_() % one_in == 0;
    });
  }

  std::mt19937 random_;
};

void WriteFile(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string Case(unsigned seed) {
  constexpr std::array<std::pair<const char*, const char*>, 6> kVersions = {{{"v1.8.4", "v1.31.4"},
                                                                             {"v1.9.6", "v1.32.4"},
                                                                             {"v1.10.9", "v1.33.6"},
                                                                             {"v1.11.6", "v1.34.1"},
                                                                             {"v1.12.2", "v1.35.0"},
                                                                             {"v1.13.8", "v1.36.0"}}};
  const Files wide = FilesOf(SLIPWAY_SOURCE_DIR "/tests/reconciler/import/testdata/wide");
  yaml::Value config = yaml::Read(wide.at("talconfig.yaml"), "talconfig.yaml").documents.front().root;
  const auto& [talos, kubernetes] = kVersions[seed % kVersions.size()];
  config.At("talosVersion") = yaml::Value(talos);
  config.At("kubernetesVersion") = yaml::Value(kubernetes);
  if (TalosVersion::Parse(talos)->minor < 10) {  // what these do not know yet, whatever talhelper writes
    for (yaml::Value& node : *config.At("nodes").AsSequence()) {
      node.Erase("userVolumes");
      for (yaml::Value& device : *node.At("networkInterfaces").AsSequence()) {
        if (yaml::Value* selector = device.Find("deviceSelector")) selector->Erase("permanentAddr");
      }
    }
  }
  if (seed >= kVersions.size()) Thinner(Seed() + seed).Thin(config);  // the first ones are whole
  return yaml::Write(config);
}

TEST(ImportOracle, TalhelperMakesTheSameConfigs) {
  const fs::path program = fs::path(SLIPWAY_BINARY_DIR) / "oracle/import-oracle";
  if (!fs::exists(program)) {
    GTEST_SKIP() << "skipped: there is no " << program
                 << "; it is built where a Go toolchain and the modules can be had";
  }
  std::printf("seed %u, %d cases\n", Seed(), kCases);
  testing::TempDir folder;
  std::string command = program.string();
  for (int i = 0; i < kCases; ++i) {
    const fs::path place = folder / std::to_string(i);
    fs::copy(SLIPWAY_SOURCE_DIR "/tests/reconciler/import/testdata/wide", place);
    WriteFile(place / "talconfig.yaml", Case(static_cast<unsigned>(i)));
    WriteFile(place / "talsecret.yaml", BundleText());
    command += ' ' + place.string();
  }
  ASSERT_EQ(std::system((command + " >/dev/null 2>&1").c_str()),
            0);  // NOLINT(cert-env33-c): our own words alone
  int compared = 0;
  for (int i = 0; i < kCases; ++i) {
    Files files = FilesOf((folder / std::to_string(i)).string());
    if (files.contains("refused")) {
      std::printf("case %d: talhelper refuses it: %s\n", i, files["refused"].substr(0, 300).c_str());
      continue;
    }
    const auto imported = Talhelper(files);
    ASSERT_TRUE(imported) << imported.error().message;
    const Rendered rendered = Render(imported->files);
    for (const Diagnostic& problem : rendered.diagnostics) {
      EXPECT_NE(problem.severity, Severity::kError) << "case " << i << ' ' << FormatText(problem);
    }
    EXPECT_EQ(rendered.configs.size(), 5U);
    for (const auto& [name, config] : rendered.configs) {
      std::vector<yaml::Value> expected;
      for (yaml::Document& document :
           yaml::Read(files.at("clusterconfig/wide-" + name + ".yaml"), name).documents) {
        expected.push_back(std::move(document.root));
      }
      EXPECT_EQ(Normal(config), Normal(expected)) << "case " << i << '\n' << files.at("talconfig.yaml");
      ++compared;
    }
  }
  std::printf("%d configs compared\n", compared);
  EXPECT_GE(compared, kCases * 2);
}

}  // namespace
}  // namespace slipway::imports
