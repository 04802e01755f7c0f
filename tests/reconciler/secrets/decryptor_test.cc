#include "reconciler/secrets/decryptor.h"

#include <gtest/gtest.h>

#include "schema/fleet/codes.h"
#include "tests/reconciler/secrets/seal.h"

namespace slipway::secrets {
namespace {

Decryptor With(unsigned identity) { return Decryptor(*ParseIdentities(TestIdentity(identity))); }

std::string Problems(const OpenedYaml& opened) {
  std::string text;
  for (const Diagnostic& problem : opened.stream.problems) text += FormatText(problem) + '\n';
  return text;
}

TEST(Decryptor, ReadsPlainFilesAsTheyAre) {
  const OpenedYaml opened = Decryptor().Read("a: 1\n---\nb: sops\n", "a.yaml");
  EXPECT_EQ(Problems(opened), "");
  EXPECT_EQ(opened.encryption, Encryption::kNone);
  ASSERT_EQ(opened.stream.documents.size(), 2U);
  EXPECT_TRUE(opened.stream.documents[1].sources.empty());
  EXPECT_NE(Problems(Decryptor().Read("a: b: c\n", "a.yaml")).find("SW1001"), std::string::npos);
}

TEST(Decryptor, AKeyThatBeginsLikeAnAgeFileIsNone) {
  for (const char* text :
       {"age-encryption.org/b: 1\n", "age-encryption.org/v1: 1\n", "age-encryption.org/v: 1\n"})
    EXPECT_EQ(Decryptor().Read(text, "a.yaml").encryption, Encryption::kNone) << text;
  const OpenedYaml future = Decryptor().Read("age-encryption.org/v2\n-> x\n", "a.yaml");
  EXPECT_EQ(future.encryption, Encryption::kAge);
  EXPECT_EQ(future.stream.problems.size(), 1U);
}

TEST(Decryptor, ReadsAgeFilesBinaryAndArmored) {
  for (const Form form : {Form::kBinary, Form::kArmored}) {
    const OpenedYaml opened =
        With(0).Read(SealAge("a: 1\nb:\n  c: x\n", TestRecipient(), form), "a.yaml.age");
    EXPECT_EQ(Problems(opened), "");
    EXPECT_EQ(opened.encryption, Encryption::kAge);
    ASSERT_EQ(opened.stream.documents.size(), 1U);
    EXPECT_EQ(opened.stream.documents.front().root.Find("b")->Find("c")->mark(), (Mark{3, 6}));
  }
}

TEST(Decryptor, SaysWhatIsMissing) {
  const std::string sops = SealSops("a: x\n");
  const std::string age = SealAge("a: x\n", TestRecipient(), Form::kArmored);
  for (const std::string& file : {sops, age}) {
    const std::string none = Problems(Decryptor().Read(file, "a.yaml"));
    EXPECT_NE(none.find("SW1501"), std::string::npos) << none;
    EXPECT_NE(none.find("--identity"), std::string::npos) << none;
    const std::string wrong = Problems(With(1).Read(file, "a.yaml"));
    EXPECT_NE(wrong.find("SW1502"), std::string::npos) << wrong;
    EXPECT_NE(wrong.find(TestRecipient(1)), std::string::npos) << wrong;
  }
  EXPECT_NE(Problems(Decryptor().Read(sops, "a.yaml")).find(TestRecipient(0)), std::string::npos);
}

TEST(Decryptor, NamesWhatItCannotUse) {
  const auto without_age = [](const std::string& instead) {
    std::string text = SealSops("a: x\n");
    const size_t begin = text.find("  age:");
    text.replace(begin, text.find("  lastmodified") - begin, instead);
    return Problems(With(0).Read(text, "a.yaml"));
  };
  const struct {
    const char* keys;
    const char* says;
  } kCases[] = {
      {"  pgp: [{fp: ABCD, enc: x}]\n", "PGP"},
      {"  kms: [{arn: x, enc: x}]\n  azure_kv: [{name: x}]\n", "AWS KMS, Azure Key Vault"},
      {"  gcp_kms: [{resource_id: x}]\n", "Google Cloud KMS"},
      {"  hc_vault: [{vault_address: x}]\n", "HashiCorp Vault"},
      {"  hckms: [{key_id: x}]\n", "Huawei"},
      {"  age: [{recipient: age1pq1xyz, enc: x}]\n", "post-quantum"},
      {"  age: [{recipient: ssh-ed25519 AAAA, enc: x}]\n", "SSH key"},
      {"  age: []\n", "nobody"},
  };
  for (const auto& c : kCases) {
    const std::string problems = without_age(c.keys);
    EXPECT_NE(problems.find(c.says), std::string::npos) << problems;
    EXPECT_NE(problems.find("SW1505"), std::string::npos) << problems;
  }
  AgeBend bend;
  bend.header = [](std::string& header) { header = "age-encryption.org/v1\n-> ssh-ed25519 abcd efgh\n\n"; };
  const std::string ssh =
      Problems(With(0).Read(SealAge("a: x\n", TestRecipient(), Form::kBinary, 1, bend), "a.yaml"));
  EXPECT_NE(ssh.find("SW1505"), std::string::npos) << ssh;
  EXPECT_NE(ssh.find("an SSH key"), std::string::npos) << ssh;
}

TEST(Decryptor, ProblemsOfDecryptedTextQuoteNoneOfIt) {
  const char* const kBroken[] = {
      "canary: 1\ncanary: 2\n", "a: !!int canary\n", "a: !canary b\n", "a: *canary\n",
      "canary\nb: c: d\n",      "a: \"canary\n",     "{canary\n",      "a: canary\x01\n",
      "? [canary]\n: 1\n",
  };
  for (const char* text : kBroken) {
    const OpenedYaml opened = With(0).Read(SealAge(text, TestRecipient(), Form::kBinary), "a.yaml");
    const std::string problems = Problems(opened);
    EXPECT_NE(problems, "") << text;
    EXPECT_EQ(problems.find("canary"), std::string::npos) << problems;
  }
}

}  // namespace
}  // namespace slipway::secrets
