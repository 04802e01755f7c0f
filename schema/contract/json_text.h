#pragma once

#include <string>
#include <string_view>

namespace slipway {

/// Appends `text` as a JSON string, quotes included. Control characters are escaped; bytes that are not UTF-8
/// become U+FFFD, so that the result is always valid JSON whatever came from the wire.
void AppendJsonString(std::string& out, std::string_view text);
/// `"key":"value"`.
void AppendField(std::string& out, std::string_view key, std::string_view value);

}  // namespace slipway
