#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::trust {

enum class SignatureKind : uint8_t {
  kNone,
  kSsh,    ///< SSHSIG in armor (OpenSSH PROTOCOL.sshsig)
  kPgp,    ///< OpenPGP in armor (RFC 4880 §6.2)
  kOther,  ///< X.509, two signatures, or one that is too long: nothing that is judged here
};

/// A commit or an annotated tag, taken apart into what was signed and the signature.
struct SignedObject {
  SignatureKind kind = SignatureKind::kNone;
  std::string payload;
  std::string signature;  ///< in its armor
  bool operator==(const SignedObject&) const = default;
};

/// Longest signature that is looked at, in bytes: those of certificates and of large keys have some
/// thousands.
inline constexpr size_t kLongestSignature = 32 * 1024;

/// The bytes of a commit object: the signature is its header `gpgsig` (gitformat-signature), the payload all
/// the rest.
SignedObject SplitCommit(std::string_view object);

/// The bytes of an annotated tag: the signature is the last armor of its message, to the end.
SignedObject SplitTag(std::string_view object);

/// What an annotated tag says it is. Empty fields where the head is not that of a tag.
struct TagHead {
  std::string object;  ///< 40 hex digits
  std::string type;    ///< "commit"
  std::string name;    ///< as it was signed, whatever reference leads to it
  bool operator==(const TagHead&) const = default;
};
TagHead ReadTagHead(std::string_view object);

}  // namespace slipway::trust
