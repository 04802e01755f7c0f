#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

#include "schema/fleet/result.h"

/// Private keys and certificates in the PEM forms that Talos reads and writes. The only header of the room
/// that includes OpenSSL, for the files that work with keys.
namespace slipway::talos {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

struct FreeCertificate {
  void operator()(X509* certificate) const;
};
using Certificate = std::unique_ptr<X509, FreeCertificate>;

/// A private key from its first PEM block. Labels: EC PRIVATE KEY (SEC1), RSA PRIVATE KEY (PKCS #1), ED25519
/// PRIVATE KEY (PKCS #8; a label of Talos' own) and PRIVATE KEY (PKCS #8 of any of these). The message of an
/// error holds nothing of the text.
Result<Key> ReadKey(std::string_view pem);

/// A certificate from its first PEM block.
Result<Certificate> ReadCertificate(std::string_view pem);

/// The label of the first PEM block, "" when there is none or its body is not base64.
std::string_view PemLabel(std::string_view pem);

enum class Pair { kMatch, kDiffer };
/// Whether the certificate is for that key.
Pair Compare(const Certificate& certificate, const Key& key);

/// The key under the label that every version of Talos reads.
Result<std::string> WriteKey(const Key& key);
Result<std::string> WriteCertificate(const Certificate& certificate);

}  // namespace slipway::talos
