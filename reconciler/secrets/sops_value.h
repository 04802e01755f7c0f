#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "reconciler/secrets/bytes.h"
#include "schema/fleet/yaml.h"

namespace slipway::secrets {

/// A decrypted value, and what of it is hashed.
struct SopsValue {
  enum class Kind {
    kValue,
    kComment,  ///< SOPS keeps a list's comments as items of it; `value` is null, nothing is hashed
  };
  yaml::Value value;
  std::string hashed;
  Kind kind = Kind::kValue;
};

enum class SopsValueError {
  kNotEncrypted,  ///< no `ENC[AES256_GCM,…]` of the form that SOPS writes
  kNotAuthentic,  ///< changed, or moved here from another place
  kUnknownType,
  kNotOfItsType,  ///< the plaintext does not fit the type beside it
};

/// Whether a text has the form of an encrypted value.
bool LooksLikeSopsValue(std::string_view text);

/// Decrypts `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`. `additional` is the value's path, each name followed
/// by a colon. Times come back as text in RFC 3339. Pure.
tl::expected<SopsValue, SopsValueError> DecryptSopsValue(std::string_view text, ByteView key,
                                                         std::string_view additional);

}  // namespace slipway::secrets
