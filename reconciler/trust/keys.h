#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/contract/sha256.h"

namespace slipway::trust {

/// The keys that are allowed to sign, as texts of files; "" where there is none. Those of the host and those
/// of the served revision are one set.
struct KeySet {
  std::string allowed_signers;  ///< ssh-keygen(1), ALLOWED SIGNERS
  std::string revoked_keys;     ///< public keys, one a line, as ssh-keygen -r reads them
  std::string pgp_keys;         ///< public keys in armor; a revoked key holds its revocation
  bool empty() const { return allowed_signers.empty() && pgp_keys.empty(); }
  bool operator==(const KeySet&) const = default;
};

/// Both sets as one: what either allows is allowed, what either revokes is revoked.
KeySet Join(const KeySet& host, const KeySet& served);

Sha256 DigestOf(const KeySet& keys);

/// The bytes of each armored block of public keys in a text: gpgv wants its keyrings so. nullopt where a
/// block is damaged (RFC 4880 §6.2; its checksum is optional and passed over).
std::optional<std::vector<std::string>> DearmorKeys(std::string_view text);

}  // namespace slipway::trust
