#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::talos {

/// Standard base64 with padding, on one line (RFC 4648 §4).
std::string EncodeBase64(std::string_view bytes);

/// The same in the alphabet for URLs (RFC 4648 §5), with padding.
std::string EncodeBase64Url(std::string_view bytes);

/// The bytes of standard base64 with padding; line breaks are passed over, as Go's decoder does. Nothing for
/// any other text.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace slipway::talos
