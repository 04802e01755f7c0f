#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::trust {

enum class Finding : uint8_t {
  kGood,
  kUnsigned,
  kUnknownKey,  ///< fits, by a key that nothing allows
  kExpired,     ///< the key's time is over, or has not begun
  kRevoked,
  kNamespace,  ///< signed for another purpose, or by a key that may not sign for Git
  kDamaged,    ///< does not fit the commit
  kUnsupported,
};
std::string_view ToString(Finding finding);  ///< "Good", "Unsigned", "UnknownKey", … for JSON and conditions

/// What a signature is worth.
struct Verdict {
  Finding finding = Finding::kUnsigned;
  std::string signer;  ///< of a good one: `ada@example.org, ED25519 key SHA256:…`
  std::string key;     ///< the fingerprint or key id, where the signature names one
  bool good() const { return finding == Finding::kGood; }
  bool operator==(const Verdict&) const = default;
};

/// Why it is not good, as the end of a sentence: "is signed by the key SHA256:…, which is not allowed".
std::string Why(const Verdict& verdict);
/// What to do about it, without an end of line.
std::string_view WhatToDo(Finding finding);

}  // namespace slipway::trust
