#include "reconciler/talos/json_patch.h"

#include <gtest/gtest.h>

#include "tests/reconciler/talos/patch_fixture.h"

namespace slipway::talos {
namespace {

constexpr std::string_view kConfig = "machine: {type: worker, certSANs: [a, b], sysctls: {x/y: '1'}}\n";

TEST(JsonPatch, AddsRemovesReplacesMovesCopiesAndTests) {
  ExpectPatched(
      kConfig,
      "- {op: test, path: /machine/type, value: worker}\n"
      "- {op: add, path: /machine/certSANs/-, value: c}\n"
      "- {op: add, path: /machine/certSANs/0, value: z}\n"
      "- {op: remove, path: /machine/certSANs/1}\n"
      "- {op: replace, path: /machine/type, value: controlplane}\n"
      "- {op: move, from: /machine/sysctls/x~1y, path: /machine/sysctls/v~0w}\n"
      "- {op: copy, from: /machine/type, path: /machine/token}\n",
      "machine: {type: controlplane, certSANs: [z, b, c], sysctls: {v~w: '1'}, token: controlplane}\n");
}

TEST(JsonPatch, IsReadFromJsonToo) {
  ExpectPatched(kConfig, R"([{"op": "replace", "path": "/machine/token", "value": "t"}])",
                "machine: {type: worker, certSANs: [a, b], sysctls: {x/y: '1'}, token: t}\n");
}

TEST(JsonPatch, CountsNegativeIndicesFromTheEnd) {
  ExpectPatched(
      kConfig,
      "- {op: remove, path: /machine/certSANs/-1}\n- {op: add, path: /machine/certSANs/-1, value: z}\n",
      "machine: {type: worker, certSANs: [a, z], sysctls: {x/y: '1'}}\n");
}

TEST(JsonPatch, RefusesWhatCannotBeDone) {
  ExpectRefused(kConfig, "- {op: remove, path: /machine/token}\n", "no `/machine/token` to remove");
  ExpectRefused(kConfig, "- {op: remove, path: /machine/certSANs/2}\n", "to remove");
  ExpectRefused(kConfig, "- {op: add, path: /machine/certSANs/4, value: a}\n", "no place");
  ExpectRefused(kConfig, "- {op: add, path: /machine/network/hostname, value: a}\n", "nothing above");
  ExpectRefused(kConfig, "- {op: test, path: /machine/type, value: x}\n", "another value");
  ExpectRefused(kConfig, "- {op: move, from: /machine/token, path: /machine/type}\n", "to remove");
  ExpectRefused(kConfig, "- {op: dance, path: /machine}\n", "no operation of a JSON patch");
  ExpectRefused(kConfig, "- {op: add, value: 1}\n", "has no path");
  ExpectRefused(kConfig, "- {op: move, path: /machine}\n", "has no `from`");
  ExpectRefused(kConfig, "- {op: add, path: /machine/typo, value: 1}\n", "does not know `machine.typo`");
}

/// Whether a `test` of this value passes on `extraConfig: {a: <in_config>}`.
bool Passes(const std::string& in_config, const std::string& patch, Notation notation) {
  yaml::Stream config = yaml::Read("machine: {kubelet: {extraConfig: {a: " + in_config + "}}}\n",
                                   "config.yaml", {}, yaml::Sources::kKeep);
  ToJsonText(config.documents.front());
  Problems problems;
  const JsonPatch read =
      ReadJsonPatch(yaml::Read(patch, "patch.yaml").documents.front().root, notation, problems);
  EXPECT_TRUE(problems.empty());
  return ApplyJsonPatch(config.documents.front().root, read).has_value();
}

TEST(JsonPatch, ATestMeansTheValueInYamlAndTheTextInJson) {
  const auto patch = [](const std::string& value) {
    return R"([{"op": "test", "path": "/machine/kubelet/extraConfig/a", "value": )" + value + "}]";
  };
  for (const char* thousand : {"1000", "1e3", "1000.0", "0x3e8"})
    EXPECT_TRUE(Passes("1e3", patch(thousand), Notation::kYaml)) << thousand;
  EXPECT_TRUE(Passes("1e3", patch("1000"), Notation::kJson));
  EXPECT_FALSE(Passes("1e3", patch("1e3"), Notation::kJson));
  EXPECT_FALSE(Passes("1000", patch("1000.0"), Notation::kJson));
  EXPECT_TRUE(Passes("1.5", patch("1.5"), Notation::kJson));
  EXPECT_FALSE(Passes("1.5", patch("1.50"), Notation::kJson));
  EXPECT_TRUE(Passes("yes", patch("true"), Notation::kJson)) << "the config's text is YAML 1.1";
  EXPECT_TRUE(Passes("Off", patch("false"), Notation::kYaml));
  EXPECT_FALSE(Passes("yes", patch("yes"), Notation::kYaml)) << "the patch's is not";
  EXPECT_TRUE(Passes("'yes'", patch("\"yes\""), Notation::kJson));
}

TEST(JsonPatch, StopsCopiesThatDoubleTheConfig) {
  std::string patch = "- {op: add, path: /machine/kubelet, value: {extraConfig: {a: [1]}}}\n";
  for (int i = 0; i < 40; ++i) {
    patch += "- {op: copy, from: /machine/kubelet/extraConfig, path: /machine/kubelet/extraConfig/c" +
             std::to_string(i) + "}\n";
  }
  ExpectRefused("machine: {}\n", patch, "no end to its copies");
}

TEST(JsonPatch, RefusesSeveralDocuments) {
  ExpectRefused("machine: {}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\n",
                "- {op: add, path: /debug, value: true}\n", "cannot be applied to a config of 2 documents");
}

}  // namespace
}  // namespace slipway::talos
