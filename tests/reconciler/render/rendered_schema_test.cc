// Configs checked against Talos' official schema on the way from a fleet to its files.
#include <gtest/gtest.h>

#include "reconciler/render/schema_cache.h"
#include "schema/fleet/codes.h"
#include "tests/reconciler/render/fleet_fixture.h"

namespace slipway {
namespace {

/// A schema of Talos 1.`minor` in which a sysctl's value must be `value`; all else may be anything.
std::string SchemaText(int minor, const std::string& value) {
  return R"({"$id": "https://talos.dev/v1.)" + std::to_string(minor) + R"(/schemas/config.schema.json",
    "$defs": {"v1alpha1.Config": {"type": "object", "properties": {"machine": {"properties": {
      "sysctls": {"type": "object", "patternProperties": {".*": {"enum": [")" +
         value + R"("]}}}}}}}},
    "oneOf": [{"$ref": "#/$defs/v1alpha1.Config"}]})";
}

/// SmallFleet(), whose worker gets vm.swappiness by a patch, with this in spec.talos and this schema file.
Files FleetWith(const std::string& schema) {
  Files files = SmallFleet();
  std::string& cluster = files["cluster.yaml"];
  const size_t at = cluster.find("version: v1.11.6");
  EXPECT_NE(at, std::string::npos);
  cluster.insert(at, "schema: schemas/talos.json\n    ");
  files["schemas/talos.json"] = schema;
  return files;
}

std::string Texts(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += FormatText(diagnostic) + '\n';
  return text;
}

TEST(RenderedSchema, WhatDoesNotFitIsSaidAtTheLineThatSetIt) {
  const Rendered good = Walker().Walk(FleetWith(SchemaText(11, "1")));
  EXPECT_EQ(Texts(good.diagnostics), "");
  EXPECT_FALSE(good.files.empty());

  const Rendered bad = Walker().Walk(FleetWith(SchemaText(11, "61")));
  ASSERT_EQ(bad.diagnostics.size(), 1U) << Texts(bad.diagnostics);
  EXPECT_EQ(bad.diagnostics[0].code, code::kOfficialSchema);
  EXPECT_EQ(bad.diagnostics[0].file, "patches/worker.yaml");
  EXPECT_EQ(bad.diagnostics[0].mark, (Mark{1, 36})) << Texts(bad.diagnostics);
  EXPECT_NE(bad.diagnostics[0].message.find("must be 61"), std::string::npos) << bad.diagnostics[0].message;
}

TEST(RenderedSchema, AnUnusableOneIsRefused) {
  const Rendered rendered = Walker().Walk(FleetWith("{\n  \"$id\": nothing\n}\n"));
  ASSERT_EQ(rendered.diagnostics.size(), 1U) << Texts(rendered.diagnostics);
  EXPECT_EQ(rendered.diagnostics[0].code, code::kUnusableSchema);
  EXPECT_EQ(rendered.diagnostics[0].file, "schemas/talos.json");
  EXPECT_EQ(rendered.diagnostics[0].mark.line, 2U);
  EXPECT_TRUE(rendered.files.empty());
}

TEST(RenderedSchema, OneOfAnotherReleaseIsRefused) {
  const Rendered rendered = Walker().Walk(FleetWith(SchemaText(12, "60")));
  ASSERT_EQ(rendered.diagnostics.size(), 1U) << Texts(rendered.diagnostics);
  EXPECT_EQ(rendered.diagnostics[0].code, code::kSchemaOfOtherVersion);
  EXPECT_EQ(rendered.diagnostics[0].file, "cluster.yaml");
  EXPECT_GT(rendered.diagnostics[0].mark.line, 1U);
}

TEST(RenderedSchema, AMissingFileIsSaidAtItsName) {
  Files files = FleetWith("");
  files.erase("schemas/talos.json");
  const Rendered rendered = Walker().Walk(files);
  ASSERT_EQ(rendered.diagnostics.size(), 1U) << Texts(rendered.diagnostics);
  EXPECT_EQ(rendered.diagnostics[0].code, code::kMissingFile);
}

TEST(RenderedSchema, AnotherSchemaMakesUnchangedConfigsBeCheckedAgain) {
  Walker walker;
  EXPECT_GT(walker.Walk(FleetWith(SchemaText(11, "1"))).produced, 0U);
  EXPECT_EQ(walker.Walk(FleetWith(SchemaText(11, "1"))).produced, 0U);
  EXPECT_EQ(
      Texts(walker.Walk(FleetWith(SchemaText(11, "61"))).diagnostics).find("SW1404") == std::string::npos,
      false);
}

TEST(RenderedSchema, TheHostsIsUsedWhereTheClusterNamesNone) {
  const auto schema = talos::OfficialSchema::Parse(SchemaText(11, "61"));
  ASSERT_TRUE(schema) << schema.error().message;
  Cluster cluster;
  cluster.talos_version = {1, 11, 6, ""};
  const auto tree = MakeMemoryTree({{"own.json", SchemaText(11, "60")}});
  SchemaCache cache({{11, *schema}});
  Diagnostics diagnostics;
  EXPECT_EQ(cache.For(cluster, {1, 11, 6, ""}, *tree, diagnostics)->schema, *schema);
  EXPECT_EQ(cache.For(cluster, {1, 12, 0, ""}, *tree, diagnostics)->schema, nullptr);
  cluster.schema = {"own.json", {3, 4}};
  const auto own = cache.For(cluster, {1, 11, 6, ""}, *tree, diagnostics);
  EXPECT_NE(own->schema, *schema);
  EXPECT_NE(own->content_id, "");
  EXPECT_EQ(cache.For(cluster, {1, 11, 6, ""}, *tree, diagnostics)->schema, own->schema);
  EXPECT_EQ(cache.compiled(), 1U) << "once for a content";
  cluster.talos_version = {1, 11, 0, ""};
  EXPECT_EQ(cache.For(cluster, {1, 12, 0, ""}, *tree, diagnostics)->schema, nullptr)
      << "a node of another release";
  EXPECT_TRUE(diagnostics.empty());
  cache.EndPass();
  cache.EndPass();
  cache.For(cluster, {1, 11, 6, ""}, *tree, diagnostics);
  EXPECT_EQ(cache.compiled(), 2U) << "what is not used is dropped";
}

}  // namespace
}  // namespace slipway
