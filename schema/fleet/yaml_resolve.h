#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/fleet/yaml.h"

namespace slipway::yaml {

/// The value of a plain scalar by the core schema (YAML 1.2.2 §10.3.2). Anything that is no null, boolean or
/// number is a string.
Value ResolvePlain(const std::string& text);

/// The value of a scalar under an explicit core tag ("tag:yaml.org,2002:int" and the like, or "!" for a
/// quoted one); nullopt when the text does not fit the tag.
std::optional<Value> ResolveTagged(std::string_view tag, const std::string& text);

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?, which go-yaml takes for a float too.
bool IsDecimalFloat(std::string_view text);

/// Whether a scalar may carry this tag.
bool IsKnownScalarTag(std::string_view tag);

inline constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

}  // namespace slipway::yaml
