#include "schema/fleet/clear_secrets.h"

#include <gtest/gtest.h>

#include "schema/fleet/codes.h"
#include "tests/reconciler/render/fleet_fixture.h"
#include "tests/reconciler/secrets/seal.h"

namespace slipway {
namespace {

constexpr const char* kBundle = R"(cluster: {id: abc, secret: c2VjcmV0}
secrets: {bootstraptoken: abcdef.0123456789abcdef}
trustdinfo: {token: abcdef.0123456789abcdef}
certs: {os: {crt: QQ==, key: QQ==}}
)";

std::optional<ClearSecret> Find(std::string_view text, const std::vector<std::string>& encrypted = {}) {
  return FindClearSecrets(yaml::Read(text, "x.yaml").documents, encrypted);
}

TEST(ClearSecrets, KnowsBundlesAndMachineConfigs) {
  ASSERT_TRUE(Find(kBundle));
  EXPECT_EQ(Find(kBundle)->what, ClearSecret::What::kBundle);
  EXPECT_EQ(Find(kBundle)->path, "certs.os.key");
  const struct {
    const char* text;
    const char* path;
  } kCases[] = {
      {"machine: {token: abc}\n", "machine.token"},
      {"machine: {ca: {crt: x, key: y}}\n", "machine.ca.key"},
      {"cluster: {secret: x}\n", "cluster.secret"},
      {"cluster: {etcd: {ca: {key: x}}}\n", "cluster.etcd.ca.key"},
      {"a: b\n---\napiVersion: v1alpha1\nkind: KubeAggregatorCAConfig\nissuingCA: {key: x}\n",
       "issuingCA.key"},
      {"kind: KubeServiceAccountConfig\nissuer: {privateKey: x}\n", "issuer.privateKey"},
  };
  for (const auto& c : kCases) {
    const auto found = Find(c.text);
    ASSERT_TRUE(found) << c.text;
    EXPECT_EQ(found->path, c.path);
    EXPECT_EQ(found->what, ClearSecret::What::kMachineConfig);
  }
}

TEST(ClearSecrets, PassesOverWhatHoldsNone) {
  for (const char* text :
       {"machine: {type: worker, ca: {crt: x, key: \"\"}}\n", "machine: {env: {token: x}}\n",
        "cluster: {clusterName: x}\n", "a: b\n", "[1, 2]\n"}) {
    EXPECT_FALSE(Find(text)) << text;
  }
  EXPECT_FALSE(Find("machine: {token: abc}\n", {"abc"}));
}

/// A base with a token on its fourth line.
std::string WithToken(std::string base, const std::string& token) {
  const std::string type = "  type: worker\n";
  return base.insert(base.find(type) + type.size(), "  token: " + token + "\n");
}

TEST(ClearSecrets, AreAWarningAndAnErrorWhereTheSiteSaysSo) {
  Files files = SmallFleet();
  files["base/worker.yaml"] = WithToken(files["base/worker.yaml"], "abcdef");
  Walker walker;
  Rendered rendered = walker.Walk(files);
  ASSERT_EQ(rendered.diagnostics.size(), 1U);
  const Diagnostic& warning = rendered.diagnostics.front();
  EXPECT_EQ(warning.code, code::kClearSecrets);
  EXPECT_EQ(warning.severity, Severity::kWarning);
  EXPECT_EQ(warning.mark, (Mark{4, 10}));
  EXPECT_EQ(warning.message.find("abcdef"), std::string::npos);
  EXPECT_FALSE(rendered.files.empty());

  files["site.yaml"].replace(files["site.yaml"].find("spec:\n"), 6,
                             "spec:\n  requireEncryptedSecrets: true\n");
  rendered = walker.Walk(files);
  ASSERT_EQ(rendered.diagnostics.size(), 1U);
  EXPECT_EQ(rendered.diagnostics.front().severity, Severity::kError);
  EXPECT_TRUE(rendered.files.empty());
}

TEST(ClearSecrets, ABundleNobodyRefersToCountsToo) {
  Files files = SmallFleet();
  files["secrets/home.yaml"] = kBundle;
  const Rendered rendered = Walker().Walk(files);
  ASSERT_EQ(rendered.diagnostics.size(), 1U);
  EXPECT_EQ(rendered.diagnostics.front().file, "secrets/home.yaml");
  files["secrets/home.yaml"] = secrets::SealSops(kBundle);
  EXPECT_TRUE(Walker().Walk(files).diagnostics.empty());
  files["secrets/home.yaml"] = secrets::SealAge(kBundle, secrets::TestRecipient(), secrets::Form::kBinary);
  EXPECT_TRUE(Walker().Walk(files).diagnostics.empty());
}

TEST(ClearSecrets, WhatSopsLeftOpenCountsToo) {
  secrets::SopsSealing sealing;
  sealing.rule = "encrypted_regex: ^ca$";
  sealing.encrypts = [](std::string_view path) { return path.find("ca:") != std::string_view::npos; };
  Files files = SmallFleet();
  files["base/worker.yaml"] = secrets::SealSops(WithToken(files["base/worker.yaml"], "shown"), sealing);
  const secrets::Decryptor decryptor(*secrets::ParseIdentities(secrets::TestIdentity()));
  const Rendered rendered = Walker(decryptor).Walk(files);
  ASSERT_EQ(rendered.diagnostics.size(), 1U);
  EXPECT_NE(rendered.diagnostics.front().message.find("machine.token"), std::string::npos);
}

}  // namespace
}  // namespace slipway
