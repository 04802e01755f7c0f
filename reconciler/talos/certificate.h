#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "reconciler/talos/key.h"

namespace slipway::talos {

/// Seconds since 1970, UTC.
using UnixTime = int64_t;

/// From `begin` on, both ends included.
struct Validity {
  UnixTime begin = 0;
  UnixTime end = 0;
};

/// A random serial number; its first bit is cleared, so that it is positive.
using Serial = std::array<uint8_t, 16>;

/// A self-signed certificate authority as Talos makes its four: X.509 v3, issuer = subject = the organization
/// ("" for an empty subject), key usage digital signature and certificate signing, extended usage server and
/// client, any path length. Source: siderolabs/crypto x509.NewSelfSignedCertificateAuthority. Signing with an
/// elliptic curve draws from OpenSSL's own random numbers.
Result<Certificate> MakeAuthority(const Key& key, const std::string& organization, const Validity& validity,
                                  const Serial& serial);

/// A client certificate for the Talos API: the organizations are its roles. Source:
/// NewAdminCertificateAndKey.
Result<Certificate> MakeClientCertificate(const Key& key, const std::vector<std::string>& organizations,
                                          const Validity& validity, const Serial& serial,
                                          const Certificate& authority, const Key& authority_key);

/// An Ed25519 key from its 32 secret bytes.
Result<Key> Ed25519Key(const std::array<uint8_t, 32>& seed);

}  // namespace slipway::talos
