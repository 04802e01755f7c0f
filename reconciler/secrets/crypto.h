#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "reconciler/secrets/bytes.h"

/// The primitives that age and SOPS stand on. Only crypto.cc includes OpenSSL. Pure; any thread.
namespace slipway::secrets {

inline constexpr size_t kKeyBytes = 32;
inline constexpr size_t kTagBytes = 16;

/// RFC 7748. nullopt: a size other than 32 bytes, or a shared secret of zeros.
std::optional<SecretBytes> X25519(ByteView scalar, ByteView point);
/// The public half of a scalar of 32 bytes.
std::optional<SecretBytes> X25519Public(ByteView scalar);

std::array<uint8_t, 32> HmacSha256(ByteView key, ByteView data);
/// RFC 5869 with SHA-256 and 32 bytes of output.
SecretBytes HkdfSha256(ByteView input, ByteView salt, std::string_view info);

/// RFC 8439; the tag stands behind the ciphertext. nullopt: not authentic, or a key or nonce of another size.
std::optional<SecretBytes> OpenChaCha20Poly1305(ByteView key, ByteView nonce, ByteView sealed);

/// NIST SP 800-38D with a key of 32 bytes, a tag of 16 and an IV of any length but none. nullopt: not
/// authentic.
std::optional<SecretBytes> OpenAes256Gcm(ByteView key, ByteView iv, ByteView additional, ByteView ciphertext,
                                         ByteView tag);

/// Takes the same time wherever the two differ.
bool EqualInConstantTime(ByteView a, ByteView b);

/// SHA-512 of what was added.
class Sha512Hasher {
 public:
  Sha512Hasher();
  ~Sha512Hasher();
  Sha512Hasher(const Sha512Hasher&) = delete;
  Sha512Hasher& operator=(const Sha512Hasher&) = delete;

  void Add(std::string_view data);
  std::string FinishUpperHex();  ///< once

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace slipway::secrets
