#pragma once

#include <string>

#include "schema/fleet/yaml.h"

namespace slipway::imports {

/// YAML in the layout of Go's yaml package: four-space indent, lists indented below their key, and its choice
/// of quotes. The image factory takes the digest of this text, so it must agree byte for byte.
/// Source: go.yaml.in/yaml, emitterc.go and encode.go.
std::string WriteGoYaml(const yaml::Value& document);

}  // namespace slipway::imports
