#pragma once

#include <string>
#include <string_view>

namespace slipway::tftp {

/// Largest file that is translated: the translation is held in memory, once for all its transfers.
inline constexpr uint64_t kMaxNetascii = 4ULL << 20U;

/// The bytes of a netascii transfer (RFC 1350 §1, RFC 764): LF becomes CR LF, CR becomes CR NUL.
std::string ToNetascii(std::string_view bytes);

}  // namespace slipway::tftp
