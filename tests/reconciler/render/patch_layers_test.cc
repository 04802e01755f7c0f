// Where patches can stand, in which order they hold, and what a change of one makes anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/fleet/codes.h"
#include "tests/reconciler/render/fleet_fixture.h"

namespace slipway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kRolePatches = "patches: {worker: [{file: patches/worker.yaml}]}";
constexpr const char* kWorker = "talos/configs/02-00-00-00-00-11.yaml";

Files WithPatches(const std::string& patches) {
  Files files = SmallFleet();
  std::string& cluster = files["cluster.yaml"];
  cluster.replace(cluster.find(kRolePatches), std::string(kRolePatches).size(), patches);
  return files;
}

std::string Labelled(const std::string& rack, const std::string& more) {
  std::string node = NodeYaml("worker-1", "02:00:00:00:00:11", "worker", more);
  const std::string name = "worker-1";
  const size_t at = node.find("name: " + name);
  return node.replace(at, 6 + name.size(), "name: " + name + ", labels: {rack: " + rack + "}");
}

std::string Env(const std::string& value) { return "{inline: {machine: {env: {A: " + value + "}}}}"; }

TEST(PatchLayers, AllThenRoleThenSelectorsThenNode) {
  const std::string selectors =
      "selectors: [{matchLabels: {rack: a1}, patches: [{inline: {machine: {env: {A: s, B: s, C: s}}}}]}]";
  Files files = WithPatches(
      "patches: {all: [{inline: {machine: {env: {A: a, B: a, C: a, D: a, E: a}}}}], worker: [" +
      std::string("{inline: {machine: {env: {A: r, B: r, C: r, D: r}}}}") + "], " + selectors + "}");
  files["nodes/worker-1.yaml"] = Labelled("a1", "  patches: [{inline: {machine: {env: {A: n, B: n}}}}]\n");
  const Rendered rendered = Walker().Walk(files);
  ASSERT_TRUE(rendered.diagnostics.empty()) << FormatText(rendered.diagnostics.front());
  EXPECT_THAT(rendered.files.at(kWorker),
              HasSubstr("env:\n    A: \"n\"\n    B: \"n\"\n    C: s\n    D: r\n    E: a\n"));
}

TEST(PatchLayers, SelectorsUnderstandEveryOperator) {
  Files files = WithPatches(
      "patches: {selectors: ["
      "{matchExpressions: [{key: rack, operator: In, values: [a1, a2]}], patches: [{inline: {machine: {env: "
      "{IN: x}}}}]},"
      "{matchExpressions: [{key: rack, operator: NotIn, values: [a1]}], patches: [{inline: {machine: {env: "
      "{NOTIN: x}}}}]},"
      "{matchExpressions: [{key: rack, operator: Exists}], patches: [{inline: {machine: {env: {HAS: x}}}}]},"
      "{matchExpressions: [{key: gpu, operator: DoesNotExist}], patches: [{inline: {machine: {env: {LACKS: "
      "x}}}}]},"
      "{patches: [{inline: {machine: {env: {EVERY: x}}}}]}]}");
  files["nodes/worker-1.yaml"] = Labelled("a1", "");
  const Rendered rendered = Walker().Walk(files);
  ASSERT_TRUE(rendered.diagnostics.empty()) << FormatText(rendered.diagnostics.front());
  const std::string& config = rendered.files.at(kWorker);
  for (const char* word : {"    IN: x", "    HAS: x", "    LACKS: x", "    EVERY: x"})
    EXPECT_THAT(config, HasSubstr(word));
  EXPECT_THAT(config, Not(HasSubstr("NOTIN")));
  EXPECT_THAT(rendered.files.at("talos/configs/02-00-00-00-00-01.yaml"), HasSubstr("NOTIN: x"));
}

TEST(PatchLayers, AChangedLabelMakesOnlyItsNodeAnew) {
  Files files = WithPatches("patches: {selectors: [{matchLabels: {rack: a2}, patches: [" + Env("s") + "]}]}");
  files["nodes/worker-1.yaml"] = Labelled("a1", "");
  Walker walker;
  const Rendered before = walker.Walk(files);
  ASSERT_TRUE(before.diagnostics.empty()) << FormatText(before.diagnostics.front());
  EXPECT_THAT(before.files.at(kWorker), Not(HasSubstr("A: s")));
  files["nodes/worker-1.yaml"] = Labelled("a2", "");
  const Rendered after = walker.Walk(files);
  EXPECT_THAT(after.files.at(kWorker), HasSubstr("A: s"));
  EXPECT_EQ(after.produced, 1U);
}

TEST(PatchLayers, TextInPlaceMayHaveSeveralDocumentsAndKeepsItsLines) {
  Files files = WithPatches("patches: {}");
  files["nodes/worker-1.yaml"] =
      NodeYaml("worker-1", "02:00:00:00:00:11", "worker",
               "  patches:\n    - inline: |\n        machine: {env: {A: b}}\n        ---\n"
               "        apiVersion: v1alpha1\n        kind: KmsgLogConfig\n        name: k\n"
               "        url: tcp://10.0.0.1:5/\n");
  Rendered rendered = Walker().Walk(files);
  ASSERT_TRUE(rendered.diagnostics.empty()) << FormatText(rendered.diagnostics.front());
  EXPECT_THAT(rendered.files.at(kWorker), HasSubstr("kind: KmsgLogConfig"));
  std::string& text = files["nodes/worker-1.yaml"];
  const size_t typo = text.find("url: tcp");
  text.replace(typo, 3, "urk");
  const auto line =
      static_cast<uint32_t>(std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(typo), '\n')) + 1;
  rendered = Walker().Walk(files);
  ASSERT_EQ(rendered.diagnostics.size(), 1U);
  EXPECT_EQ(rendered.diagnostics.front().file, "nodes/worker-1.yaml");
  EXPECT_EQ(rendered.diagnostics.front().mark.line, line);
  EXPECT_THAT(rendered.diagnostics.front().message, HasSubstr("did you mean `url`?"));
}

TEST(PatchLayers, AListOfOperationsIsAJsonPatch) {
  Files files =
      WithPatches("patches: {worker: [{inline: [{op: add, path: /machine/certSANs, value: [x.example]}]}]}");
  Rendered rendered = Walker().Walk(files);
  ASSERT_TRUE(rendered.diagnostics.empty()) << FormatText(rendered.diagnostics.front());
  EXPECT_THAT(rendered.files.at(kWorker), HasSubstr("x.example"));
}

TEST(PatchLayers, AllProblemsOfAPatchFileAreToldAtOnce) {
  Files files = SmallFleet();
  files["patches/worker.yaml"] = "machine:\n  typ: worker\n  certSANs: a\n";
  const Rendered rendered = Walker().Walk(files);
  ASSERT_EQ(rendered.diagnostics.size(), 2U);
  EXPECT_EQ(rendered.diagnostics[0].mark.line, 2U);
  EXPECT_EQ(rendered.diagnostics[1].mark.line, 3U);
  EXPECT_EQ(rendered.diagnostics[0].code, code::kPatchRefused);
}

}  // namespace
}  // namespace slipway
