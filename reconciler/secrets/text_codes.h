#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reconciler/secrets/bytes.h"

/// The text forms of bytes that age and SOPS use. Both accept only what an encoder would write: two texts
/// never stand for the same bytes. Pure.
namespace slipway::secrets {

enum class Padding { kRequired, kNone };

/// RFC 4648 §4, on one line. nullopt: another character, a length or padding that does not fit, or leftover
/// bits that are not zero.
std::optional<SecretBytes> DecodeBase64(std::string_view text, Padding padding);

/// BIP 173 without its limit on length.
struct Bech32 {
  std::string prefix;  ///< in the case of the text
  SecretBytes data;
};
/// nullopt: mixed case, a foreign character, or a wrong check sum.
std::optional<Bech32> DecodeBech32(std::string_view text);

/// Lower case. For recipients, which are public.
std::string EncodeBech32(std::string_view prefix, ByteView data);

}  // namespace slipway::secrets
