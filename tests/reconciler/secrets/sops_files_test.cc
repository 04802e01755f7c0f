// Files that others encrypted with sops to published test keys, where they are at hand.
#include <gtest/gtest.h>

#include "reconciler/secrets/decryptor.h"
#include "tests/reconciler/secrets/shared_data.h"

namespace slipway::secrets {
namespace {

namespace fs = std::filesystem;

OpenedYaml Open(const fs::path& file, const fs::path& key) {
  const auto identities = ParseIdentities(ReadWhole(key));
  EXPECT_TRUE(identities) << key;
  return Decryptor(identities ? *identities : Identities{}).Read(ReadWhole(file), file.filename().string());
}

std::string Problems(const OpenedYaml& opened) {
  std::string text;
  for (const Diagnostic& problem : opened.stream.problems) text += FormatText(problem) + '\n';
  return text;
}

TEST(SopsFiles, FluxAndTalhelperFilesOpen) {
  const fs::path root = SharedData("sops");
  if (!fs::exists(root)) GTEST_SKIP() << "there are no files in " << root;
  const struct {
    const char* file;
    const char* key;
    std::vector<std::string> path;
    const char* value;
  } kCases[] = {
      {"flux/algorithms/age.yaml", "flux/keys/age.txt", {"stringData", "key"}, "value"},
      {"flux/global/secret.yaml", "flux/keys/age-global.txt", {}, ""},
      {"talhelper/talenv.yaml", "talhelper/key.txt", {}, ""},
  };
  for (const auto& c : kCases) {
    const OpenedYaml opened = Open(root / c.file, root / c.key);
    EXPECT_EQ(Problems(opened), "") << c.file;
    EXPECT_EQ(opened.encryption, Encryption::kSops) << c.file;
    ASSERT_EQ(opened.stream.documents.size(), 1U) << c.file;
    const std::string plain = yaml::Write(opened.stream.documents.front().root);
    EXPECT_EQ(plain.find("ENC["), std::string::npos) << plain;
    EXPECT_EQ(plain.find("sops"), std::string::npos) << plain;
    if (c.path.empty()) continue;
    const yaml::Value* at = &opened.stream.documents.front().root;
    for (const std::string& name : c.path) at = at == nullptr ? nullptr : at->Find(name);
    ASSERT_NE(at, nullptr) << plain;
    ASSERT_NE(at->AsString(), nullptr) << plain;
  }
}

TEST(SopsFiles, TheOtherKeyOpensNothing) {
  const fs::path root = SharedData("sops");
  if (!fs::exists(root)) GTEST_SKIP() << "there are no files in " << root;
  const OpenedYaml opened = Open(root / "talhelper/talenv.yaml", root / "flux/keys/age.txt");
  EXPECT_NE(Problems(opened).find("SW1502"), std::string::npos) << Problems(opened);
  EXPECT_TRUE(opened.stream.documents.empty());
}

}  // namespace
}  // namespace slipway::secrets
