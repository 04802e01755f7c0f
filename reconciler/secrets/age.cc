#include "reconciler/secrets/age.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "reconciler/secrets/age_header.h"
#include "reconciler/secrets/crypto.h"
#include "reconciler/secrets/text_codes.h"
#include "schema/fleet/encrypted_file.h"

namespace slipway::secrets {
namespace {

using Kind = AgeError::Kind;

constexpr size_t kFileKeyBytes = 16;
constexpr size_t kNonceBytes = 16;
constexpr size_t kChunkBytes = 64U << 10U;

tl::unexpected<AgeError> Fail(Kind kind, std::string detail) {
  return tl::make_unexpected(AgeError{kind, std::move(detail)});
}

/// The file key out of a stanza, nullopt when it is not for this identity.
tl::expected<std::optional<SecretBytes>, AgeError> Unwrap(const AgeStanza& stanza, const Identity& identity) {
  if (stanza.words.size() != 2 || stanza.body.size() != kFileKeyBytes + kTagBytes)
    return Fail(Kind::kHeader, "an X25519 recipient is malformed");
  const auto share = DecodeBase64(stanza.words[1], Padding::kNone);
  if (!share || share->size() != kKeyBytes) return Fail(Kind::kHeader, "an X25519 recipient is malformed");
  const auto shared = X25519(identity.scalar, *share);
  if (!shared) return Fail(Kind::kHeader, "an X25519 recipient holds a point of low order");
  SecretBytes salt = *share;
  salt.insert(salt.end(), identity.recipient.begin(), identity.recipient.end());
  const SecretBytes wrap_key = HkdfSha256(*shared, salt, "age-encryption.org/v1/X25519");
  static constexpr std::array<uint8_t, 12> kZeroNonce{};
  return OpenChaCha20Poly1305(wrap_key, kZeroNonce, stanza.body);
}

std::string DescribeRecipients(const AgeHeader& header) {
  size_t usable = 0;
  std::set<std::string_view> others;
  for (const AgeStanza& stanza : header.stanzas) {
    if (stanza.words.front() == "X25519") {
      ++usable;
    } else if (const auto name = NameOfForeignRecipient(stanza.words.front()); !name.empty()) {
      others.insert(name);
    }
  }
  std::string text =
      "it is encrypted to " + std::to_string(usable) + " X25519 recipient" + (usable == 1 ? "" : "s");
  for (const std::string_view other : others) text += ", " + std::string(other);
  return text;
}

tl::expected<SecretBytes, AgeError> FindFileKey(const AgeHeader& header, const Identities& identities) {
  const bool passphrase = std::any_of(header.stanzas.begin(), header.stanzas.end(),
                                      [](const AgeStanza& s) { return s.words.front() == "scrypt"; });
  if (passphrase && header.stanzas.size() > 1)
    return Fail(Kind::kHeader, "a passphrase recipient stands beside others");
  for (const AgeStanza& stanza : header.stanzas) {
    if (stanza.words.front() != "X25519") continue;
    for (const Identity& identity : identities) {
      auto key = Unwrap(stanza, identity);
      if (!key) return tl::make_unexpected(key.error());
      if (*key) return **std::move(key);
    }
  }
  return Fail(Kind::kNoMatch, DescribeRecipients(header));
}

tl::expected<SecretBytes, AgeError> OpenPayload(ByteView payload, ByteView key) {
  SecretBytes plain;
  plain.reserve(payload.size());
  std::array<uint8_t, 12> nonce{};  // a counter of 11 bytes, then whether the chunk is the last
  while (true) {
    const size_t sealed = std::min(payload.size(), kChunkBytes + kTagBytes);
    const bool last = sealed == payload.size();
    nonce.back() = last ? 1 : 0;
    const auto chunk = OpenChaCha20Poly1305(key, nonce, payload.first(sealed));
    if (!chunk) return Fail(Kind::kPayload, "its content was changed or cut off");
    if (chunk->empty() && !plain.empty()) return Fail(Kind::kPayload, "its last part is empty");
    plain.insert(plain.end(), chunk->begin(), chunk->end());
    payload = payload.subspan(sealed);
    if (last) return plain;
    for (size_t i = 11; i-- > 0 && ++nonce[i] == 0;) {
    }
  }
}

tl::expected<SecretBytes, AgeError> DecryptBinary(std::string_view file, const Identities& identities) {
  const auto header = ParseAgeHeader(file);
  if (!header) return tl::make_unexpected(header.error());
  const auto file_key = FindFileKey(*header, identities);
  if (!file_key) return tl::make_unexpected(file_key.error());
  const SecretBytes mac_key = HkdfSha256(*file_key, {}, "header");
  if (!EqualInConstantTime(HmacSha256(mac_key, AsBytes(header->authenticated)), header->mac))
    return Fail(Kind::kHmac, "its header was changed");
  if (header->payload.size() < kNonceBytes) return Fail(Kind::kHeader, "it ends before its content begins");
  const ByteView payload = AsBytes(header->payload);
  const SecretBytes key = HkdfSha256(*file_key, payload.first(kNonceBytes), "payload");
  return OpenPayload(payload.subspan(kNonceBytes), key);
}

}  // namespace

std::string_view NameOfForeignRecipient(std::string_view kind) {
  if (kind == "scrypt") return "a passphrase (scrypt)";
  if (kind == "ssh-ed25519" || kind == "ssh-rsa" || kind.starts_with("ssh-")) return "an SSH key";
  if (kind == "mlkem768x25519" || kind.starts_with("age1pq1")) return "a post-quantum recipient";
  if (kind == "piv-p256" || kind == "p256tag" || kind == "mlkem768p256tag" ||
      kind.starts_with("age1yubikey1"))
    return "a hardware key (age plugin)";
  if (kind.starts_with("age1") && std::count(kind.begin(), kind.end(), '1') > 1)
    return "a recipient of an age plugin";
  return "";
}

tl::expected<SecretBytes, AgeError> DecryptAge(std::string_view file, const Identities& identities) {
  if (!IsArmoredAge(file)) return DecryptBinary(file, identities);
  const auto bytes = Dearmor(file);
  if (!bytes) return tl::make_unexpected(bytes.error());
  return DecryptBinary(AsText(*bytes), identities);
}

}  // namespace slipway::secrets
