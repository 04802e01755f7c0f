#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::talos {

/// Talos holds a URL as its parts and merges them one by one: what the patch leaves out (path, query,
/// fragment) stays. nullopt when both carry credentials, which Talos cannot merge.
std::optional<std::string> MergeUrl(std::string_view old, std::string_view patch);

}  // namespace slipway::talos
