#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/schema_node.h"

namespace slipway {

/// Makes nodes of the JSON of a schema. The JSON's exceptions pass through: a keyword whose value is of the
/// wrong kind is one.
class SchemaCompiler {
 public:
  using Json = nlohmann::ordered_json;
  /// The node that a `$ref` stands for; nullptr for a reference that leads nowhere.
  using Resolve = std::function<const SchemaNode*(const std::string& reference)>;

  explicit SchemaCompiler(Resolve resolve = nullptr) : resolve_(std::move(resolve)) {}

  std::unique_ptr<SchemaNode> Compile(const Json& json);

  /// What the schema said beyond the nodes: keywords that they have no place for, references to nowhere.
  const std::vector<std::string>& beyond() const { return beyond_; }
  const std::vector<std::string>& lost() const { return lost_; }

 private:
  void CompileObject(const Json& json, SchemaNode& node);
  void CompileChoice(const Json& json, SchemaNode& node);
  void CompileScalar(const Json& json, SchemaNode& node);
  void NoteUnknown(const Json& json);
  /// Whole numbers that fit; others are beyond the nodes.
  std::optional<int64_t> Whole(const Json& json, const char* key);
  std::optional<size_t> Count(const Json& json, const char* key);

  Resolve resolve_;
  std::vector<std::string> beyond_;
  std::vector<std::string> lost_;
};

}  // namespace slipway
