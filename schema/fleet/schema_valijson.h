#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "schema/fleet/result.h"
#include "schema/fleet/yaml.h"

namespace valijson {
class Schema;
}

namespace slipway {

/// A JSON Schema as valijson sees it: without its patterns. Immutable; thread-safe.
class ValijsonSchema {
 public:
  /// `json` is the schema; references go into itself. Otherwise valijson's own words.
  static tl::expected<std::shared_ptr<const ValijsonSchema>, std::string> Compile(const std::string& json);
  ~ValijsonSchema();
  ValijsonSchema(const ValijsonSchema&) = delete;
  ValijsonSchema& operator=(const ValijsonSchema&) = delete;

  /// "" when the document fits, valijson's own words otherwise.
  std::string Complaint(const yaml::Value& document) const;

 private:
  explicit ValijsonSchema(std::unique_ptr<valijson::Schema> schema);
  std::unique_ptr<valijson::Schema> schema_;
};

/// Likewise with an embedded schema. `schema_name` is one that EmbeddedSchema knows. Thread-safe.
std::string ValijsonComplaint(const yaml::Value& value, std::string_view schema_name);

}  // namespace slipway
