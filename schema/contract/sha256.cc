#include "schema/contract/sha256.h"

#include <openssl/evp.h>

#include <cstring>
#include <new>
#include <utility>

namespace slipway {
namespace {

/// Looked up once: OpenSSL 3 searches its providers anew whenever EVP_sha256() is used, which takes longer
/// than hashing a small file.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

/// "00", "01", … "ff".
constexpr std::array<std::array<char, 2>, 256> MakeHexPairs() {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> pairs{};
  for (size_t i = 0; i < pairs.size(); ++i) pairs[i] = {kHex[i >> 4U], kHex[i & 15U]};
  return pairs;
}
constexpr auto kHexPairs = MakeHexPairs();

}  // namespace

struct Sha256Stream::Impl {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Impl() {
    if (context == nullptr || EVP_DigestInit_ex(context, Algorithm(), nullptr) != 1) throw std::bad_alloc();
  }
  ~Impl() { EVP_MD_CTX_free(context); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
};

Sha256Stream::Sha256Stream() : impl_(std::make_unique<Impl>()) {}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::Update(std::string_view data) {
  EVP_DigestUpdate(impl_->context, data.data(), data.size());
}

Sha256 Sha256Stream::Finish() {
  Sha256 digest;
  EVP_DigestFinal_ex(impl_->context, digest.bytes.data(), nullptr);
  return digest;
}

Sha256 Sha256::Of(std::string_view data) {
  Sha256 digest;
  EVP_Digest(data.data(), data.size(), digest.bytes.data(), nullptr, Algorithm(), nullptr);
  return digest;
}

std::optional<Sha256> Sha256::ParseHex(std::string_view hex) {
  if (hex.size() != 64) return std::nullopt;
  Sha256 digest;
  for (size_t i = 0; i < hex.size(); ++i) {
    const char c = hex[i];
    int digit = -1;
    if (c >= '0' && c <= '9') digit = c - '0';
    if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
    if (c >= 'A' && c <= 'F') digit = c - 'A' + 10;
    if (digit < 0) return std::nullopt;
    uint8_t& byte = digest.bytes[i / 2];
    byte = static_cast<uint8_t>(byte << 4U | static_cast<unsigned>(digit));
  }
  return digest;
}

std::string Sha256::ToHex() const {
  std::string text(64, '0');
  char* at = text.data();
  for (const uint8_t byte : bytes) {
    std::memcpy(at, kHexPairs[byte].data(), 2);
    at += 2;
  }
  return text;
}

}  // namespace slipway
