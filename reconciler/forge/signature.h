#pragma once

#include <string>
#include <string_view>

namespace slipway::forge {

enum class Hash { kSha256, kSha512 };

std::string Hmac(Hash hash, std::string_view key, std::string_view message);  ///< raw bytes
std::string ToHex(std::string_view bytes);                                    ///< lower case

/// In a time that depends on the lengths alone.
bool SameSecret(std::string_view a, std::string_view b);

}  // namespace slipway::forge
