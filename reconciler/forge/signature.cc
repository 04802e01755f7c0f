#include "reconciler/forge/signature.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <array>

namespace slipway::forge {

std::string Hmac(Hash hash, std::string_view key, std::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  HMAC(hash == Hash::kSha256 ? EVP_sha256() : EVP_sha512(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), out.data(), &size);
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string ToHex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4U];
    text += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

bool SameSecret(std::string_view a, std::string_view b) {
  // Digests of one length under one key: neither length nor content shows in the time.
  const std::string left = Hmac(Hash::kSha256, "compare", a);
  const std::string right = Hmac(Hash::kSha256, "compare", b);
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace slipway::forge
