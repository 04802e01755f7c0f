#include "schema/fleet/schema_compile.h"

#include <algorithm>
#include <array>
#include <limits>

namespace slipway {
namespace {

using Json = SchemaCompiler::Json;

/// Known to the nodes, or of no weight for whether a document fits.
constexpr std::array<std::string_view, 29> kKnown = {"$comment",
                                                     "$defs",
                                                     "$id",
                                                     "$ref",
                                                     "$schema",
                                                     "additionalProperties",
                                                     "const",
                                                     "default",
                                                     "deprecated",
                                                     "description",
                                                     "enum",
                                                     "examples",
                                                     "format",
                                                     "items",
                                                     "markdownDescription",
                                                     "maxItems",
                                                     "maxLength",
                                                     "maxProperties",
                                                     "maximum",
                                                     "minItems",
                                                     "minLength",
                                                     "minimum",
                                                     "oneOf",
                                                     "pattern",
                                                     "patternProperties",
                                                     "properties",
                                                     "required",
                                                     "title",
                                                     "type"};

std::string Text(const Json& json, const char* key) { return json.value(key, std::string()); }

bool AreTexts(const Json& list) {
  return std::all_of(list.begin(), list.end(), [](const Json& item) { return item.is_string(); });
}

}  // namespace

void SchemaCompiler::NoteUnknown(const Json& json) {
  for (const auto& [key, value] : json.items()) {
    const bool known = key.starts_with("x-") || std::find(kKnown.begin(), kKnown.end(), key) != kKnown.end();
    if (!known) beyond_.push_back(key);
  }
}

void SchemaCompiler::CompileObject(const Json& json, SchemaNode& node) {
  if (json.contains("required")) node.required = json["required"].get<std::vector<std::string>>();
  if (json.contains("properties")) {
    for (const auto& [name, property] : json["properties"].items())
      node.properties.emplace_back(name, Compile(property));
  }
  if (json.contains("additionalProperties")) {
    const Json& additional = json["additionalProperties"];
    node.closed = additional.is_boolean() && !additional.get<bool>();
    if (additional.is_object()) node.additional = Compile(additional);
  }
  if (json.contains("patternProperties")) {
    for (const auto& [pattern, property] : json["patternProperties"].items()) {
      if (pattern == ".*" && node.properties.empty()) {
        node.additional = Compile(property);
      } else {
        beyond_.emplace_back("patternProperties");
      }
    }
  }
}

void SchemaCompiler::CompileChoice(const Json& json, SchemaNode& node) {
  if (json.contains("enum")) {
    if (AreTexts(json["enum"])) {
      node.allowed = json["enum"].get<std::vector<std::string>>();
    } else {
      beyond_.emplace_back("enum");
    }
  }
  if (json.contains("const")) {
    if (json["const"].is_string()) {
      node.allowed = {json["const"].get<std::string>()};
    } else {
      beyond_.emplace_back("const");
    }
  }
  if (!json.contains("oneOf")) return;
  for (const Json& alternative : json["oneOf"]) {
    if (alternative.size() == 1 && alternative.contains("required") && alternative["required"].size() == 1) {
      node.exactly_one.push_back(alternative["required"].front().get<std::string>());
    } else {
      node.one_of.push_back(Compile(alternative));
    }
  }
}

std::optional<int64_t> SchemaCompiler::Whole(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end()) return std::nullopt;
  constexpr auto kMost = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (found->is_number_unsigned() ? found->get<uint64_t>() <= kMost : found->is_number_integer())
    return found->get<int64_t>();
  beyond_.emplace_back(key);
  return std::nullopt;
}

std::optional<size_t> SchemaCompiler::Count(const Json& json, const char* key) {
  const auto number = Whole(json, key);
  if (!number) return std::nullopt;
  if (*number >= 0) return static_cast<size_t>(*number);
  beyond_.emplace_back(key);
  return std::nullopt;
}

void SchemaCompiler::CompileScalar(const Json& json, SchemaNode& node) {
  node.minimum = Whole(json, "minimum");
  node.maximum = Whole(json, "maximum");
  node.min_items = Count(json, "minItems");
  node.max_items = Count(json, "maxItems");
  node.min_length = Count(json, "minLength");
  node.max_length = Count(json, "maxLength");
  node.max_properties = Count(json, "maxProperties");
  if (!json.contains("pattern")) return;
  node.pattern = std::make_unique<RE2>(Text(json, "pattern"), RE2::Quiet);
  if (node.pattern->ok()) return;
  node.pattern.reset();
  beyond_.emplace_back("pattern");
}

std::unique_ptr<SchemaNode> SchemaCompiler::Compile(const Json& json) {
  auto node = std::make_unique<SchemaNode>();
  if (json.is_boolean()) {
    if (!json.get<bool>()) beyond_.emplace_back("false");
    return node;
  }
  NoteUnknown(json);
  if (json.contains("$ref")) {
    const auto reference = json["$ref"].get<std::string>();
    node->target = resolve_ ? resolve_(reference) : nullptr;
    if (node->target == nullptr) lost_.push_back(reference);
  }
  if (json.contains("type") && !json["type"].is_string()) {
    beyond_.emplace_back("type");
  } else {
    node->type = Text(json, "type");
  }
  node->title = Text(json, "title");
  node->description = Text(json, "description");
  if (json.contains("examples") && !json["examples"].empty()) {
    const Json& example = json["examples"].front();
    node->example = example.is_string() ? example.get<std::string>() : example.dump();
  }
  CompileObject(json, *node);
  if (json.contains("items")) node->items = Compile(json["items"]);
  CompileChoice(json, *node);
  CompileScalar(json, *node);
  return node;
}

}  // namespace slipway
