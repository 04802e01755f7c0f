#include "reconciler/daemon/talos_schemas.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/reconciler/temp_dir.h"

namespace slipway {
namespace {

std::string SchemaOf(int minor) {
  return R"({"$id": "https://talos.dev/v1.)" + std::to_string(minor) + R"(/schemas/config.schema.json",
    "$defs": {"v1alpha1.Config": {"type": "object"}}, "oneOf": [{"$ref": "#/$defs/v1alpha1.Config"}]})";
}

void Write(const std::filesystem::path& path, const std::string& text) { std::ofstream(path) << text; }

TEST(TalosSchemas, TheirReleaseIsWhatTheySayThemselves) {
  const testing::TempDir dir;
  Write(dir / "config.schema.v1.12.11.json", SchemaOf(12));
  Write(dir / "any name.json", SchemaOf(13));
  Write(dir / "README.md", "no schema");
  const auto schemas = LoadTalosSchemas(dir.path().string());
  ASSERT_TRUE(schemas) << schemas.error().message;
  ASSERT_EQ(schemas->size(), 2U);
  EXPECT_EQ(schemas->at(12)->minor(), 12);
  EXPECT_EQ(schemas->at(13)->minor(), 13);
  EXPECT_TRUE(LoadTalosSchemas("")->empty()) << "no folder is named";
}

TEST(TalosSchemas, WhatCannotBeUsedStopsTheStart) {
  const testing::TempDir dir;
  const auto message = [&dir] {
    const auto schemas = LoadTalosSchemas(dir.path().string());
    return schemas ? "" : schemas.error().message;
  };
  EXPECT_NE(LoadTalosSchemas((dir / "nowhere").string()).error().message.find("nowhere"), std::string::npos);
  Write(dir / "a.json", SchemaOf(12));
  EXPECT_EQ(message(), "");
  Write(dir / "b.json", SchemaOf(12));
  EXPECT_NE(message().find("b.json is a second schema of Talos 1.12"), std::string::npos) << message();
  Write(dir / "b.json", "{");
  EXPECT_NE(message().find("b.json is no schema of Talos that can be used: it is no JSON"), std::string::npos)
      << message();
}

}  // namespace
}  // namespace slipway
