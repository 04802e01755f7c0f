#include "schema/fleet/schema_node.h"

#include <array>
#include <nlohmann/json.hpp>

#include "schema/fleet/schema.h"

namespace slipway {

namespace embedded_schema {
std::optional<std::string_view> EmbeddedFile(std::string_view name);
}

namespace {

using Json = nlohmann::ordered_json;

template <class T>
std::optional<T> Number(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end()) return std::nullopt;
  return found->get<T>();
}

std::string Text(const Json& json, const char* key) { return json.value(key, std::string()); }

std::unique_ptr<SchemaNode> Compile(const Json& json) {
  auto node = std::make_unique<SchemaNode>();
  node->type = Text(json, "type");
  node->title = Text(json, "title");
  node->description = Text(json, "description");
  if (json.contains("examples")) {
    const Json& example = json["examples"].front();
    node->example = example.is_string() ? example.get<std::string>() : example.dump();
  }
  if (json.contains("required")) node->required = json["required"].get<std::vector<std::string>>();
  if (json.contains("properties")) {
    for (const auto& [name, property] : json["properties"].items()) {
      node->properties.emplace_back(name, Compile(property));
    }
  }
  if (json.contains("additionalProperties")) {
    const Json& additional = json["additionalProperties"];
    node->closed = additional.is_boolean() && !additional.get<bool>();
    if (additional.is_object()) node->additional = Compile(additional);
  }
  if (json.contains("items")) node->items = Compile(json["items"]);
  if (json.contains("enum")) node->allowed = json["enum"].get<std::vector<std::string>>();
  if (json.contains("const")) node->allowed = {json["const"].get<std::string>()};
  if (json.contains("oneOf")) {
    for (const Json& alternative : json["oneOf"]) {
      node->exactly_one.push_back(alternative["required"].front().get<std::string>());
    }
  }
  node->minimum = Number<int64_t>(json, "minimum");
  node->maximum = Number<int64_t>(json, "maximum");
  node->min_items = Number<size_t>(json, "minItems");
  node->max_items = Number<size_t>(json, "maxItems");
  node->min_length = Number<size_t>(json, "minLength");
  node->max_length = Number<size_t>(json, "maxLength");
  node->max_properties = Number<size_t>(json, "maxProperties");
  if (json.contains("pattern")) node->pattern = std::make_unique<RE2>(Text(json, "pattern"), RE2::Quiet);
  return node;
}

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
      (*compiled)[i] = Compile(Json::parse(EmbeddedSchema(kNames[i]).value_or("{}")));
    }
    return compiled;
  }();
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return (*kCompiled)[i].get();
  }
  return nullptr;
}

}  // namespace slipway
