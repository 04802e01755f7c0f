#include "reconciler/talos/key.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "reconciler/talos/base64.h"

namespace slipway::talos {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::string_view kEd25519Label = "ED25519 PRIVATE KEY";

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

/// Bytes of a key, gone when they go out of scope.
struct SecretBytes {
  explicit SecretBytes(std::string a_bytes) : bytes(std::move(a_bytes)) {}
  ~SecretBytes() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  std::string bytes;
};

struct Block {
  std::string_view label;
  std::string_view body;  ///< base64 with line breaks
};

/// The first block of a PEM text (RFC 7468), without its encapsulation.
std::optional<Block> FirstBlock(std::string_view pem) {
  const size_t begin = pem.find(kBegin);
  if (begin == std::string_view::npos) return std::nullopt;
  pem.remove_prefix(begin + kBegin.size());
  const size_t label_end = pem.find(kDashes);
  if (label_end == std::string_view::npos) return std::nullopt;
  const std::string_view label = pem.substr(0, label_end);
  pem.remove_prefix(label_end + kDashes.size());
  const size_t end = pem.find(std::string(kEnd) + std::string(label) + std::string(kDashes));
  if (label.find('\n') != std::string_view::npos || end == std::string_view::npos) return std::nullopt;
  return Block{label, pem.substr(0, end)};
}

/// Spaces at line ends do no harm in PEM.
std::optional<std::string> BytesOf(std::string_view body) {
  std::string text;
  for (const char c : body) {
    if (c != ' ' && c != '\t') text += c;
  }
  return DecodeBase64(text);
}

std::string ReadAll(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

bool IsKeyLabel(std::string_view label) {
  return label == "EC PRIVATE KEY" || label == "RSA PRIVATE KEY" || label == kEd25519Label ||
         label == "PRIVATE KEY";
}

}  // namespace

void FreeCertificate::operator()(X509* certificate) const { X509_free(certificate); }

std::string_view PemLabel(std::string_view pem) {
  const auto block = FirstBlock(pem);
  return block && BytesOf(block->body) ? block->label : std::string_view();
}

Result<Key> ReadKey(std::string_view pem) {
  const auto block = FirstBlock(pem);
  if (!block) return FixInput("it holds no PEM block");
  if (!IsKeyLabel(block->label)) return FixInput("its PEM block is not a private key");
  const auto decoded = BytesOf(block->body);
  if (!decoded) return FixInput("its PEM block is not base64");
  const SecretBytes der(*decoded);
  const auto* data = reinterpret_cast<const unsigned char*>(der.bytes.data());
  Key key(d2i_AutoPrivateKey(nullptr, &data, static_cast<long>(der.bytes.size())));
  ERR_clear_error();
  if (key == nullptr) return FixInput("its PEM block is damaged, or a key of a kind that Talos does not use");
  const int kind = EVP_PKEY_get_base_id(key.get());
  if (kind != EVP_PKEY_EC && kind != EVP_PKEY_RSA && kind != EVP_PKEY_ED25519) {
    return FixInput("it is a key of a kind that Talos does not use");
  }
  return key;
}

Result<Certificate> ReadCertificate(std::string_view pem) {
  const auto block = FirstBlock(pem);
  if (!block) return FixInput("it holds no PEM block");
  if (block->label != "CERTIFICATE") return FixInput("its PEM block is not a certificate");
  const auto der = BytesOf(block->body);
  if (!der) return FixInput("its PEM block is not base64");
  const auto* data = reinterpret_cast<const unsigned char*>(der->data());
  Certificate certificate(d2i_X509(nullptr, &data, static_cast<long>(der->size())));
  ERR_clear_error();
  if (certificate == nullptr) return FixInput("its certificate is damaged");
  return certificate;
}

Pair Compare(const Certificate& certificate, const Key& key) {
  const bool match = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  return match ? Pair::kMatch : Pair::kDiffer;
}

Result<std::string> WriteKey(const Key& key) {
  const Bio bio(BIO_new(BIO_s_secmem() != nullptr ? BIO_s_secmem() : BIO_s_mem()));
  const int kind = EVP_PKEY_get_base_id(key.get());
  const int written =
      kind == EVP_PKEY_ED25519
          ? PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr)
          : PEM_write_bio_PrivateKey_traditional(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  if (written != 1) return Bug("writing a private key failed");
  std::string pem = ReadAll(bio.get());
  if (kind != EVP_PKEY_ED25519) return pem;
  for (const std::string_view edge : {kBegin, kEnd}) {
    const std::string plain = std::string(edge) + "PRIVATE KEY";
    const size_t at = pem.find(plain);
    if (at == std::string::npos) return Bug("an Ed25519 key has no PEM label");
    pem.replace(at, plain.size(), std::string(edge) + std::string(kEd25519Label));
  }
  return pem;
}

Result<std::string> WriteCertificate(const Certificate& certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(bio.get(), certificate.get()) != 1) return Bug("writing a certificate failed");
  return ReadAll(bio.get());
}

}  // namespace slipway::talos
