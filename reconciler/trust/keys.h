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
  std::string revoked_keys;     ///< public keys, one a line, and revocation lists as AsText writes them
  std::string pgp_keys;         ///< public keys in armor; a revoked key holds its revocation
  bool empty() const { return allowed_signers.empty() && pgp_keys.empty(); }
  bool operator==(const KeySet&) const = default;
};

/// Both sets as one: what either allows is allowed, what either revokes is revoked.
KeySet Join(const KeySet& host, const KeySet& served);

Sha256 DigestOf(const KeySet& keys);

/// A file of revoked keys as a text that can be joined with others and kept in JSON: a key revocation list
/// (PROTOCOL.krl) becomes a block of base64, other texts stay.
std::string AsText(std::string revoked_keys);

/// The files that ssh-keygen -r reads, one at a time: the lines that are keys, if any, and each list. nullopt
/// where a block is damaged.
std::optional<std::vector<std::string>> RevocationFiles(std::string_view text);

/// The bytes of each armored block of public keys in a text: gpgv wants its keyrings so. nullopt where a
/// block is damaged (RFC 4880 §6.2; its checksum is optional and passed over).
std::optional<std::vector<std::string>> DearmorKeys(std::string_view text);

}  // namespace slipway::trust
