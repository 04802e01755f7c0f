#pragma once

#include <optional>
#include <string_view>

namespace slipway::templates {

/// The bytes of a default template by its file name ("node.ipxe.mustache"); static storage.
std::optional<std::string_view> EmbeddedFile(std::string_view name);

}  // namespace slipway::templates
