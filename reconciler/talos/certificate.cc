#include "reconciler/talos/certificate.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace slipway::talos {
namespace {

struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_free(number); }
};

bool SetSerial(X509* certificate, Serial serial) {
  serial[0] &= 0x7f;
  const std::unique_ptr<BIGNUM, FreeNumber> number(BN_bin2bn(serial.data(), serial.size(), nullptr));
  return number != nullptr && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool SetTime(ASN1_TIME* field, UnixTime time) { return ASN1_TIME_set(field, time) != nullptr; }

bool AddOrganizations(X509_NAME* name, const std::vector<std::string>& organizations) {
  for (const std::string& organization : organizations) {
    if (organization.empty()) continue;
    const auto* text = reinterpret_cast<const unsigned char*>(organization.data());
    if (X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, text, static_cast<int>(organization.size()), -1,
                                   0) != 1) {
      return false;
    }
  }
  return true;
}

bool AddExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  if (extension == nullptr) return false;
  const bool added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

/// All that both kinds have in common.
Certificate Begin(const Key& key, const std::vector<std::string>& organizations, const Validity& validity,
                  const Serial& serial) {
  Certificate certificate(X509_new());
  X509* raw = certificate.get();
  const bool good =
      raw != nullptr && X509_set_version(raw, X509_VERSION_3) == 1 && SetSerial(raw, serial) &&
      SetTime(X509_getm_notBefore(raw), validity.begin) && SetTime(X509_getm_notAfter(raw), validity.end) &&
      AddOrganizations(X509_get_subject_name(raw), organizations) && X509_set_pubkey(raw, key.get()) == 1;
  return good ? std::move(certificate) : Certificate();
}

/// Ed25519 takes no digest.
bool Sign(X509* certificate, const Key& key) {
  const EVP_MD* digest = EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
  return X509_sign(certificate, key.get(), digest) > 0;
}

tl::unexpected<Error> Failed(const char* what) {
  ERR_clear_error();
  return Bug(std::string("making ") + what + " failed");
}

}  // namespace

Result<Certificate> MakeAuthority(const Key& key, const std::string& organization, const Validity& validity,
                                  const Serial& serial) {
  Certificate certificate = Begin(key, {organization}, validity, serial);
  X509* raw = certificate.get();
  if (raw == nullptr || X509_set_issuer_name(raw, X509_get_subject_name(raw)) != 1 ||
      !AddExtension(raw, raw, NID_key_usage, "critical,digitalSignature,keyCertSign") ||
      !AddExtension(raw, raw, NID_ext_key_usage, "serverAuth,clientAuth") ||
      !AddExtension(raw, raw, NID_basic_constraints, "critical,CA:TRUE") ||
      !AddExtension(raw, raw, NID_subject_key_identifier, "hash") || !Sign(raw, key)) {
    return Failed("a certificate authority");
  }
  return certificate;
}

Result<Certificate> MakeClientCertificate(const Key& key, const std::vector<std::string>& organizations,
                                          const Validity& validity, const Serial& serial,
                                          const Certificate& authority, const Key& authority_key) {
  Certificate certificate = Begin(key, organizations, validity, serial);
  X509* raw = certificate.get();
  if (raw == nullptr || X509_set_issuer_name(raw, X509_get_subject_name(authority.get())) != 1 ||
      !AddExtension(raw, authority.get(), NID_key_usage, "critical,digitalSignature") ||
      !AddExtension(raw, authority.get(), NID_ext_key_usage, "clientAuth")) {
    return Failed("a client certificate");
  }
  // An authority made by other tools may have no identifier to point at.
  const bool identified = X509_get_ext_by_NID(authority.get(), NID_subject_key_identifier, -1) >= 0;
  if (identified && !AddExtension(raw, authority.get(), NID_authority_key_identifier, "keyid")) {
    return Failed("a client certificate");
  }
  if (!Sign(raw, authority_key)) return Failed("a client certificate");
  return certificate;
}

Result<Key> Ed25519Key(const std::array<uint8_t, 32>& seed) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  if (key == nullptr) return Failed("an Ed25519 key");
  return key;
}

}  // namespace slipway::talos
