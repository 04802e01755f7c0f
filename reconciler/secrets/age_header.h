#pragma once

#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "reconciler/secrets/age.h"

/// The parts of an age file: armor, header, payload.
namespace slipway::secrets {

inline constexpr std::string_view kArmorBegin = "-----BEGIN AGE ENCRYPTED FILE-----";
inline constexpr std::string_view kArmorEnd = "-----END AGE ENCRYPTED FILE-----";

/// The bytes inside the armor. White space may stand around it, lines may end in CRLF; nothing else is
/// forgiven.
tl::expected<SecretBytes, AgeError> Dearmor(std::string_view text);

/// One recipient's wrapping of the file key.
struct AgeStanza {
  std::vector<std::string_view> words;  ///< the kind, then its arguments
  SecretBytes body;
};

struct AgeHeader {
  std::vector<AgeStanza> stanzas;
  std::string_view authenticated;  ///< what the MAC is over
  SecretBytes mac;                 ///< 32 bytes
  std::string_view payload;        ///< what stands behind the header
};

/// Parses strictly; views point into `file`.
tl::expected<AgeHeader, AgeError> ParseAgeHeader(std::string_view file);

}  // namespace slipway::secrets
