// Base configs and patches that are encrypted: what is made of them, and that nothing of them is told.
#include <gtest/gtest.h>

#include "schema/fleet/codes.h"
#include "tests/reconciler/render/fleet_fixture.h"
#include "tests/reconciler/secrets/seal.h"

namespace slipway {
namespace {

using secrets::Form;
using secrets::SealAge;
using secrets::SealSops;
using secrets::SopsSealing;

constexpr const char* kCanary = "canary-5up3r-s3cr3t-value";

secrets::Decryptor Own(unsigned identity = 0) {
  return secrets::Decryptor(*secrets::ParseIdentities(secrets::TestIdentity(identity)));
}

std::string Age(const std::string& text, Form form = Form::kArmored) {
  return SealAge(text, secrets::TestRecipient(), form);
}

std::string AllOf(const Diagnostics& diagnostics) {
  std::string text = FormatJson(diagnostics) + FormatSarif(diagnostics);
  for (const Diagnostic& diagnostic : diagnostics) text += FormatText(diagnostic) + '\n';
  return text;
}

constexpr const char* kConfig = "talos/configs/02-00-00-00-00-11.yaml";

TEST(EncryptedFiles, RenderToWhatTheirTextRendersTo) {
  Files plain = SmallFleet();
  const std::string patch =
      "machine:\n  sysctls: {vm.swappiness: \"7\"}\n  env: {TOKEN: " + std::string(kCanary) + "}\n";
  plain["patches/worker.yaml"] = patch;
  const Rendered expected = Walker().Walk(plain);
  ASSERT_NE(expected.files.at(kConfig).find(kCanary), std::string::npos);
  for (const std::string& sealed : {SealSops(patch), Age(patch), Age(patch, Form::kBinary)}) {
    Files files = plain;
    files["patches/worker.yaml"] = sealed;
    files["base/worker.yaml"] = Age(plain["base/worker.yaml"]);
    const Rendered rendered = Walker(Own()).Walk(files);
    EXPECT_EQ(AllOf(rendered.diagnostics), AllOf({}));
    EXPECT_EQ(rendered.files, expected.files);
  }
}

TEST(EncryptedFiles, AreMadeAgainOnlyWhenTheyChange) {
  Files files = SmallFleet();
  files["patches/worker.yaml"] = SealSops("machine: {sysctls: {a: \"1\"}}\n");
  files["base/controlplane.yaml"] = SealSops(files["base/controlplane.yaml"]);
  Walker walker(Own());
  EXPECT_GT(walker.Walk(files).produced, 3U);
  EXPECT_EQ(walker.Walk(files).produced, 0U);
  files["patches/worker.yaml"] = SealSops("machine: {sysctls: {a: \"2\"}}\n");
  const Rendered changed = walker.Walk(files);
  EXPECT_EQ(changed.produced, 1U);  // the one worker's config
  EXPECT_NE(changed.files.at(kConfig).find("a: \"2\""), std::string::npos);
  EXPECT_EQ(Walker(Own()).Walk(files).files, changed.files);
}

TEST(EncryptedFiles, RefuseTheRevisionWithCodeFilePlaceAndFix) {
  const std::string patch = "machine: {env: {TOKEN: " + std::string(kCanary) + "}}\n";
  std::string damaged = SealSops(patch);
  damaged[damaged.find("data:") + 6] ^= 1;
  SopsSealing wrong_mac;
  wrong_mac.mac = SopsSealing::Mac::kWrong;
  const struct {
    std::string file;
    secrets::Decryptor decryptor;
    int code;
    uint32_t line;
  } kCases[] = {
      {SealSops(patch), {}, code::kSecretsNoIdentity, 5},
      {SealSops(patch), Own(1), code::kSecretsWrongIdentity, 5},
      {Age(patch), {}, code::kSecretsNoIdentity, 0},
      {Age(patch), Own(1), code::kSecretsWrongIdentity, 0},
      {Age(patch, Form::kBinary).substr(0, 250), Own(), code::kSecretsDamaged, 0},
      {damaged, Own(), code::kSecretsDamaged, 3},
      {SealSops(patch, wrong_mac), Own(), code::kSopsMac, 16},
  };
  for (const auto& c : kCases) {
    Files files = SmallFleet();
    files["patches/worker.yaml"] = c.file;
    const Rendered rendered = Walker(c.decryptor).Walk(files);
    ASSERT_EQ(rendered.diagnostics.size(), 1U) << AllOf(rendered.diagnostics);
    const Diagnostic& problem = rendered.diagnostics.front();
    EXPECT_EQ(problem.code, c.code) << FormatText(problem);
    EXPECT_EQ(problem.file, "patches/worker.yaml");
    EXPECT_EQ(problem.mark.line, c.line) << FormatText(problem);
    EXPECT_FALSE(problem.fix.empty());
    EXPECT_TRUE(rendered.files.empty());
    EXPECT_EQ(AllOf(rendered.diagnostics).find(kCanary), std::string::npos);
  }
}

TEST(EncryptedFiles, AProblemInThemPointsAtTheirLine) {
  Files files = SmallFleet();
  files["patches/worker.yaml"] =
      SealSops("machine:\n  env: {A: b}\n  install: [" + std::string(kCanary) + "]\n");
  const Rendered rendered = Walker(Own()).Walk(files);
  ASSERT_EQ(rendered.diagnostics.size(), 1U) << AllOf(rendered.diagnostics);
  EXPECT_EQ(rendered.diagnostics.front().code, code::kPatchRefused);
  EXPECT_EQ(rendered.diagnostics.front().mark.line, 5U);  // a list stands below its key
}

TEST(EncryptedFiles, NoDiagnosticTellsASecret) {
  const std::string canary = kCanary;
  const std::string kBad[] = {
      "machine: " + canary + "\n",
      "machine: [" + canary + "]\n",
      "machine: {install: " + canary + "}\n",
      "machine: {install: {disk: {path: " + canary + "}}}\n",
      "machine: {network: {$patch: " + canary + "}}\n",
      "machine: {env: {$patch: " + canary + "}}\n",
      canary + "\n",
      "- " + canary + "\n",
      "apiVersion: v1alpha1\nkind: " + canary + "\n$patch: delete\n",
      "apiVersion: v1alpha1\nkind: " + canary + "\nname: " + canary + "\n$patch: delete\n",
      "machine: {certSANs: [{$patch: delete, x: " + canary + "}]}\n",
      "machine: {type: !!int " + canary + "}\n",
      "machine: &" + canary + " {a: *" + canary + "}\n",
      "a: " + canary + ": b\n",
      "a: \"" + canary + "\n",
      "{" + canary + "\n",
  };
  size_t told = 0;
  for (const std::string& bad : kBad) {
    std::vector<std::string> sealed = {Age(bad), Age(bad, Form::kBinary)};
    const yaml::Stream stream = yaml::Read(bad, "x");
    if (stream.problems.empty() && stream.documents.front().root.AsMapping() != nullptr)
      sealed.push_back(SealSops(bad));
    for (const std::string& file : sealed) {
      Files files = SmallFleet();
      files["patches/worker.yaml"] = file;
      const Rendered rendered = Walker(Own()).Walk(files);
      told += rendered.diagnostics.size();
      EXPECT_EQ(AllOf(rendered.diagnostics).find(canary), std::string::npos) << AllOf(rendered.diagnostics);
    }
  }
  EXPECT_GT(told, 25U);
}

TEST(EncryptedFiles, NorDoesOneAboutAPlainFileBesideThem) {
  const std::string base =
      "version: v1alpha1\nmachine: {type: worker, token: " + std::string(kCanary) + "}\ncluster: {}\n";
  for (const std::string& file : {SealSops(base), Age(base)}) {
    Files files = SmallFleet();
    files["base/worker.yaml"] = file;
    files["patches/worker.yaml"] = "machine: {token: {a: b}}\n";
    const Rendered rendered = Walker(Own()).Walk(files);
    EXPECT_TRUE(HasErrors(rendered.diagnostics));
    EXPECT_EQ(AllOf(rendered.diagnostics).find(kCanary), std::string::npos);
  }
}

TEST(EncryptedFiles, ArePassedOverWhereNobodyRefersToThem) {
  Files files = SmallFleet();
  files["a.yaml"] = Age("x: y\n", Form::kBinary);
  files["b.sops.yaml"] = SealSops("apiVersion: v1\nkind: Secret\n");
  files["c.yaml"] = Age("x: y\n");
  files["d.yaml.age"] = Age("x: y\n", Form::kBinary);
  EXPECT_TRUE(Walker().Walk(files).diagnostics.empty());
}

}  // namespace
}  // namespace slipway
