#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "reconciler/secrets/bytes.h"
#include "reconciler/secrets/identity.h"

/// Reading age files, format v1 (C2SP age.md). Only X25519 recipients; stanzas of other kinds are passed
/// over. Pure; any thread.
namespace slipway::secrets {

/// Why an age file was not opened. `detail` is for people and quotes nothing but the kinds of its recipients.
struct AgeError {
  enum class Kind {
    kArmor,    ///< the text form is damaged
    kHeader,   ///< the list of recipients is damaged
    kHmac,     ///< the header is not what its author wrote
    kPayload,  ///< the content is damaged or cut off
    kNoMatch,  ///< no identity opens it
  };
  Kind kind = Kind::kArmor;
  std::string detail;
};

/// Opens a binary or an armored file with whichever identity fits.
tl::expected<SecretBytes, AgeError> DecryptAge(std::string_view file, const Identities& identities);

/// "passphrase (scrypt)" and the like for kinds of recipients that exist and cannot be used here, also from a
/// recipient's own text; "" for X25519 and kinds nobody knows.
std::string_view NameOfForeignRecipient(std::string_view kind);

}  // namespace slipway::secrets
