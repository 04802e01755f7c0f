#include "reconciler/talos/base_check.h"

#include <gtest/gtest.h>

#include "reconciler/talos/base.h"
#include "schema/fleet/codes.h"
#include "tests/reconciler/talos/test_bundle.h"

namespace slipway::talos {
namespace {

Documents Parse(std::string_view text) {
  Documents documents;
  for (auto& document : yaml::Read(text, "base.yaml").documents)
    documents.push_back(std::move(document.root));
  return documents;
}

std::vector<int> CodesOf(const Documents& documents, Role role, const char* version,
                         const std::string& kubernetes = "") {
  std::vector<int> codes;
  for (const BaseProblem& problem : CheckBase(documents, role, *TalosVersion::Parse(version), kubernetes)) {
    EXPECT_FALSE(problem.fix.empty());
    codes.push_back(problem.code);
  }
  return codes;
}

BaseInput Input(int minor) {
  BaseInput input;
  input.cluster_name = "home";
  input.endpoint = "https://10.0.0.1:6443";
  input.version = {1, minor, 0, ""};
  input.kubernetes_version = "v1.32.1";
  return input;
}

TEST(BaseCheck, WhatTheGeneratorMakesFitsItsOwnVersion) {
  for (int minor = 9; minor <= 14; ++minor) {
    for (const Role role : {Role::kControlPlane, Role::kWorker}) {
      const Documents base = GenerateBase(Input(minor), TestBundle(), role);
      const auto problems = CheckBase(base, role, {1, minor, 0, ""}, "v1.32.1");
      EXPECT_TRUE(problems.empty()) << minor << problems.front().message;
    }
  }
}

TEST(BaseCheck, NamesTheOtherRole) {
  const Documents base = GenerateBase(Input(11), TestBundle(), Role::kControlPlane);
  EXPECT_EQ(CodesOf(base, Role::kWorker, "v1.11.6"), std::vector<int>{code::kBaseOfOtherRole});
  EXPECT_EQ(CodesOf(Parse("machine: {type: init}\n"), Role::kControlPlane, "v1.11.6"), std::vector<int>{});
}

TEST(BaseCheck, NamesDocumentsAndImagesOfAnotherVersion) {
  const Documents base = GenerateBase(Input(12), TestBundle(), Role::kWorker);
  EXPECT_EQ(CodesOf(base, Role::kWorker, "v1.11.6"), std::vector<int>{code::kBaseOfOtherVersion});
  EXPECT_EQ(CodesOf(base, Role::kWorker, "v1.8.0"),
            (std::vector<int>{code::kBaseOfOtherVersion, code::kBaseOfOtherVersion}));
  EXPECT_EQ(CodesOf(base, Role::kWorker, "v1.12.0", "v1.33.0"), std::vector<int>{code::kBaseKubernetes});
  EXPECT_EQ(CodesOf(Parse("machine: {kubelet: {image: 'x:5000/kubelet:v1.20.0@sha256:00'}}\n"), Role::kWorker,
                    "v1.12.0"),
            std::vector<int>{code::kBaseOfOtherVersion});
}

TEST(BaseCheck, AWorkerHoldsNoKey) {
  const Documents base =
      Parse("machine:\n  type: worker\n  ca: {crt: a, key: b}\ncluster: {ca: {key: ''}}\n");
  const auto problems = CheckBase(base, Role::kWorker, *TalosVersion::Parse("v1.11.6"), "");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems.front().code, code::kBaseHoldsKey);
  EXPECT_EQ(problems.front().mark.line, 3U);
  EXPECT_EQ(CodesOf(Parse("kind: KubeAPIServerCAConfig\napiVersion: v1alpha1\nissuingCA: {key: x}\n"),
                    Role::kWorker, "v1.14.0"),
            std::vector<int>{code::kBaseHoldsKey});
}

TEST(BaseCheck, KnowsSinceWhenAKindIs) {
  EXPECT_EQ(KindSince("VolumeConfig"), 8);
  EXPECT_EQ(KindSince("UserVolumeConfig"), 10);
  EXPECT_EQ(KindSince("HostnameConfig"), 12);
  EXPECT_EQ(KindSince("KubeSpanConfig"), 13);
  EXPECT_EQ(KindSince("KubeSpanEndpointsConfig"), 8);
  EXPECT_EQ(KindSince("KubeProxyConfig"), 14);
  EXPECT_EQ(KindSince("Nonsense"), 0);
}

}  // namespace
}  // namespace slipway::talos
