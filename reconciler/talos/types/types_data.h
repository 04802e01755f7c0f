#pragma once

#include <optional>
#include <string_view>

namespace slipway::talos::types_data {

/// The bytes of a file of this folder inside the binary: "types.txt". nullopt for any other name.
std::optional<std::string_view> EmbeddedFile(std::string_view name);

}  // namespace slipway::talos::types_data
