#pragma once

#include <string>
#include <string_view>

#include "schema/fleet/yaml.h"

namespace slipway {

/// Valijson's verdict on a document: "" when it fits the embedded schema, its own words otherwise. Patterns
/// are left out. `schema_name` is one that EmbeddedSchema knows. Thread-safe.
std::string ValijsonComplaint(const yaml::Value& value, std::string_view schema_name);

}  // namespace slipway
