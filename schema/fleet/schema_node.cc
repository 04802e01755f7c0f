#include "schema/fleet/schema_node.h"

#include <array>

#include "schema/fleet/schema.h"
#include "schema/fleet/schema_compile.h"

namespace slipway {

namespace embedded_schema {
std::optional<std::string_view> EmbeddedFile(std::string_view name);
}

namespace {

constexpr std::array<std::string_view, 6> kNames = {"site", "asset", "cluster", "node", "daemon", "plan"};

}  // namespace

std::optional<std::string_view> EmbeddedSchema(std::string_view name) {
  return embedded_schema::EmbeddedFile(std::string(name) + ".schema.json");
}

const SchemaNode* SchemaNode::Property(std::string_view name) const {
  for (const auto& [key, node] : properties) {
    if (key == name) return node.get();
  }
  return nullptr;
}

const SchemaNode* CompiledSchema(std::string_view name) {
  static const auto* const kCompiled = [] {
    auto* compiled = new std::array<std::unique_ptr<SchemaNode>, kNames.size()>;
    for (size_t i = 0; i < kNames.size(); ++i) {
      const auto json = SchemaCompiler::Json::parse(EmbeddedSchema(kNames[i]).value_or("{}"));
      (*compiled)[i] = SchemaCompiler().Compile(json);
    }
    return compiled;
  }();
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return (*kCompiled)[i].get();
  }
  return nullptr;
}

}  // namespace slipway
