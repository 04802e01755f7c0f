#pragma once

#include <re2/re2.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway {

/// The part of JSON Schema that our schemas and Talos' use, compiled for explaining what is wrong with a
/// document.
struct SchemaNode {
  const SchemaNode* target = nullptr;  ///< `$ref`: a definition, which the schema document owns
  std::string type;                    ///< JSON Schema's word; "" allows every type
  std::string title;
  std::string description;
  std::string example;  ///< the first one, as YAML in flow style; "" when there is none
  std::vector<std::string> required;
  std::vector<std::pair<std::string, std::unique_ptr<SchemaNode>>> properties;
  bool closed = false;                     ///< additionalProperties: false
  std::unique_ptr<SchemaNode> additional;  ///< what further properties must be
  std::unique_ptr<SchemaNode> items;
  std::vector<std::string> allowed;                 ///< enum or const; strings only
  std::vector<std::string> exactly_one;             ///< oneOf alternatives that each require one property
  std::vector<std::unique_ptr<SchemaNode>> one_of;  ///< other oneOf alternatives
  std::optional<int64_t> minimum;
  std::optional<int64_t> maximum;
  std::optional<size_t> min_items;
  std::optional<size_t> max_items;
  std::optional<size_t> min_length;  ///< in code points
  std::optional<size_t> max_length;
  std::optional<size_t> max_properties;
  std::unique_ptr<RE2> pattern;

  const SchemaNode* Property(std::string_view name) const;
};

/// The compiled form of an embedded schema, nullptr for an unknown name. Lives as long as the program.
const SchemaNode* CompiledSchema(std::string_view name);

}  // namespace slipway
