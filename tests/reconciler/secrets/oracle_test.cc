// Files that the published age and sops modules encrypted, at random, must decrypt to what they were made
// from. The modules' program is in tests/oracle/secrets; without a Go toolchain there is nothing to compare
// with.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "reconciler/secrets/age.h"
#include "reconciler/secrets/decryptor.h"
#include "tests/reconciler/secrets/shared_data.h"
#include "tests/reconciler/temp_dir.h"

namespace slipway::secrets {
namespace {

namespace fs = std::filesystem;

constexpr int kCases = 300;

std::string Seed() {
  const char* set = std::getenv("SLIPWAY_ORACLE_SEED");
  return set != nullptr ? set : "20240325";
}

/// How a key in the clear is spelled there is the reader's affair: only that the MAC holds.
void DropRaw(yaml::Value& value) {
  if (yaml::Mapping* mapping = value.AsMapping()) {
    for (yaml::Entry& entry : *mapping) {
      if (entry.key.starts_with("raw")) {
        entry.value = yaml::Value("raw");
      } else {
        DropRaw(entry.value);
      }
    }
  } else if (yaml::Sequence* sequence = value.AsSequence()) {
    for (yaml::Value& item : *sequence) DropRaw(item);
  }
}

std::string Text(std::vector<yaml::Document> documents) {
  std::string text;
  for (yaml::Document& document : documents) {
    DropRaw(document.root);
    text += yaml::Write(document.root) + "---\n";
  }
  return text;
}

class Oracle : public ::testing::Test {
 protected:
  void SetUp() override {
    const fs::path program = fs::path(SLIPWAY_BINARY_DIR) / "oracle/secrets-oracle";
    if (!fs::exists(program)) {
      GTEST_SKIP() << "skipped: there is no " << program
                   << "; it is built where a Go toolchain and the modules can be had";
    }
    const std::string command = program.string() + " -seed " + Seed() + " -count " + std::to_string(kCases) +
                                " -out " + folder_.path().string();
    ASSERT_EQ(std::system(command.c_str()), 0) << command;  // NOLINT(cert-env33-c): our own words alone
    const auto identities = ParseIdentities(ReadWhole(folder_.path().string() + "/identity.txt"));
    ASSERT_TRUE(identities);
    identities_ = *identities;
    RecordProperty("seed", Seed());
  }
  std::string File(int number, const char* ending) const {
    char name[32];
    std::snprintf(name, sizeof name, "/%04d%s", number, ending);
    return ReadWhole(folder_.path().string() + name);
  }

  testing::TempDir folder_;
  Identities identities_;
};

TEST_F(Oracle, WhatSopsEncryptsDecryptsToTheSameValues) {
  std::printf("seed %s, %d cases\n", Seed().c_str(), kCases);
  const Decryptor decryptor(identities_);
  for (int i = 0; i < kCases; ++i) {
    const OpenedYaml opened = decryptor.Read(File(i, ".sops.yaml"), "case.yaml");
    std::string problems;
    for (const Diagnostic& problem : opened.stream.problems) problems += FormatText(problem) + '\n';
    EXPECT_EQ(problems, "") << "case " << i << '\n' << File(i, ".sops.yaml");
    yaml::Stream expected = yaml::Read(File(i, ".expected.yaml"), "expected.yaml");
    EXPECT_TRUE(expected.problems.empty()) << "case " << i;
    EXPECT_EQ(Text(opened.stream.documents), Text(expected.documents)) << "case " << i;
  }
}

TEST_F(Oracle, WhatAgeEncryptsDecryptsToTheSameBytes) {
  for (int i = 0; i < kCases; ++i) {
    const auto plain = DecryptAge(File(i, ".age"), identities_);
    ASSERT_TRUE(plain) << "case " << i << ": " << plain.error().detail;
    EXPECT_TRUE(AsText(*plain) == File(i, ".plain")) << "case " << i;
  }
}

}  // namespace
}  // namespace slipway::secrets
