#include "reconciler/secrets/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <stdexcept>

namespace slipway::secrets {
namespace {

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;

Key PrivateKey(ByteView scalar) {
  return {EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, scalar.data(), scalar.size()),
          EVP_PKEY_free};
}

struct Sealed {
  const EVP_CIPHER* cipher;
  ByteView key;
  ByteView nonce;
  ByteView additional;
  ByteView ciphertext;
  ByteView tag;
};

std::optional<SecretBytes> Open(const Sealed& sealed) {
  const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  const int nonce_size = static_cast<int>(sealed.nonce.size());
  const int additional_size = static_cast<int>(sealed.additional.size());
  const int size = static_cast<int>(sealed.ciphertext.size());
  SecretBytes plain(sealed.ciphertext.size() + 1);  // never empty: a null pointer means something to OpenSSL
  SecretBytes tag(sealed.tag.begin(), sealed.tag.end());
  int written = 0;
  const bool begun =
      context != nullptr &&
      EVP_DecryptInit_ex(context.get(), sealed.cipher, nullptr, nullptr, nullptr) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN, nonce_size, nullptr) == 1 &&
      EVP_DecryptInit_ex(context.get(), nullptr, nullptr, sealed.key.data(), sealed.nonce.data()) == 1 &&
      (additional_size == 0 ||
       EVP_DecryptUpdate(context.get(), nullptr, &written, sealed.additional.data(), additional_size) == 1);
  if (!begun) return std::nullopt;
  const bool open = (size == 0 || EVP_DecryptUpdate(context.get(), plain.data(), &written,
                                                    sealed.ciphertext.data(), size) == 1) &&
                    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                                        tag.data()) == 1 &&
                    EVP_DecryptFinal_ex(context.get(), plain.data() + size, &written) == 1;
  if (!open) return std::nullopt;
  plain.resize(sealed.ciphertext.size());
  return plain;
}

}  // namespace

void Wipe(void* memory, size_t size) { OPENSSL_cleanse(memory, size); }

std::optional<SecretBytes> X25519(ByteView scalar, ByteView point) {
  if (scalar.size() != kKeyBytes || point.size() != kKeyBytes) return std::nullopt;
  const Key own = PrivateKey(scalar);
  const Key peer(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, point.data(), point.size()),
                 EVP_PKEY_free);
  if (own == nullptr || peer == nullptr) return std::nullopt;
  const KeyContext context(EVP_PKEY_CTX_new(own.get(), nullptr), EVP_PKEY_CTX_free);
  SecretBytes shared(kKeyBytes);
  size_t size = shared.size();
  const bool derived = context != nullptr && EVP_PKEY_derive_init(context.get()) == 1 &&
                       EVP_PKEY_derive_set_peer(context.get(), peer.get()) == 1 &&
                       EVP_PKEY_derive(context.get(), shared.data(), &size) == 1 && size == kKeyBytes;
  static constexpr std::array<uint8_t, kKeyBytes> kZeros{};
  if (!derived || EqualInConstantTime(shared, kZeros)) return std::nullopt;
  return shared;
}

std::optional<SecretBytes> X25519Public(ByteView scalar) {
  if (scalar.size() != kKeyBytes) return std::nullopt;
  const Key own = PrivateKey(scalar);
  SecretBytes point(kKeyBytes);
  size_t size = point.size();
  if (own == nullptr || EVP_PKEY_get_raw_public_key(own.get(), point.data(), &size) != 1) return std::nullopt;
  return point;
}

std::array<uint8_t, 32> HmacSha256(ByteView key, ByteView data) {
  std::array<uint8_t, 32> mac{};
  static constexpr uint8_t kNoKey = 0;
  const uint8_t* key_data = key.empty() ? &kNoKey : key.data();
  if (HMAC(EVP_sha256(), key_data, static_cast<int>(key.size()), data.data(), data.size(), mac.data(),
           nullptr) == nullptr) {
    throw std::runtime_error("OpenSSL cannot compute HMAC-SHA256");
  }
  return mac;
}

SecretBytes HkdfSha256(ByteView input, ByteView salt, std::string_view info) {
  std::array<uint8_t, 32> extracted = HmacSha256(salt, input);
  std::string block(info);
  block += '\x01';
  std::array<uint8_t, 32> expanded = HmacSha256(extracted, AsBytes(block));
  SecretBytes key(expanded.begin(), expanded.end());
  Wipe(extracted.data(), extracted.size());
  Wipe(expanded.data(), expanded.size());
  return key;
}

std::optional<SecretBytes> OpenChaCha20Poly1305(ByteView key, ByteView nonce, ByteView sealed) {
  if (key.size() != kKeyBytes || nonce.size() != 12 || sealed.size() < kTagBytes) return std::nullopt;
  const size_t text = sealed.size() - kTagBytes;
  return Open({EVP_chacha20_poly1305(), key, nonce, {}, sealed.first(text), sealed.subspan(text)});
}

std::optional<SecretBytes> OpenAes256Gcm(ByteView key, ByteView iv, ByteView additional, ByteView ciphertext,
                                         ByteView tag) {
  constexpr size_t kLongestIv = 128;  // what OpenSSL 3.0 takes
  constexpr size_t kLongestText = 1U << 30U;
  if (key.size() != kKeyBytes || iv.empty() || iv.size() > kLongestIv || tag.size() != kTagBytes ||
      ciphertext.size() > kLongestText || additional.size() > kLongestText) {
    return std::nullopt;
  }
  return Open({EVP_aes_256_gcm(), key, iv, additional, ciphertext, tag});
}

bool EqualInConstantTime(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

struct Sha512Hasher::Impl {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

Sha512Hasher::Sha512Hasher() : impl_(std::make_unique<Impl>()) {
  if (impl_->context == nullptr || EVP_DigestInit_ex(impl_->context.get(), EVP_sha512(), nullptr) != 1)
    throw std::runtime_error("OpenSSL cannot compute SHA-512");
}
Sha512Hasher::~Sha512Hasher() = default;

void Sha512Hasher::Add(std::string_view data) {
  if (EVP_DigestUpdate(impl_->context.get(), data.data(), data.size()) != 1)
    throw std::runtime_error("OpenSSL cannot compute SHA-512");
}

std::string Sha512Hasher::FinishUpperHex() {
  std::array<uint8_t, 64> digest{};
  if (EVP_DigestFinal_ex(impl_->context.get(), digest.data(), nullptr) != 1)
    throw std::runtime_error("OpenSSL cannot compute SHA-512");
  std::string hex;
  for (const uint8_t byte : digest) {
    hex += "0123456789ABCDEF"[byte >> 4U];
    hex += "0123456789ABCDEF"[byte & 15U];
  }
  return hex;
}

}  // namespace slipway::secrets
