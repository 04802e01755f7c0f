#pragma once

#include <string_view>

namespace slipway::yaml {

/// Whether a text is a list in JSON, as JSON patches are often written. Any bytes may be given.
bool IsJsonList(std::string_view text);

}  // namespace slipway::yaml
