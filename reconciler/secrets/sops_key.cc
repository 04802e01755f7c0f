#include "reconciler/secrets/sops_key.h"

#include "reconciler/secrets/crypto.h"
#include "schema/fleet/codes.h"
#include "schema/fleet/utf8.h"

namespace slipway::secrets {
namespace {

constexpr const char* kGiveIdentity =
    "give the daemon an identity (secrets.identity_files, or a systemd credential named slipway-age*), and "
    "`slipway validate` or `render` --identity FILE";

std::string OwnRecipients(const Identities& identities) {
  std::string text;
  for (const Identity& identity : identities) text += (text.empty() ? "" : ", ") + identity.Recipient();
  return text;
}

/// "age1…, age1… (a post-quantum recipient), PGP".
std::string FileRecipients(const SopsMetadata& metadata) {
  std::string text;
  for (const SopsAgeKey& key : metadata.age) {
    const std::string_view foreign = NameOfForeignRecipient(key.recipient);
    text += (text.empty() ? "" : ", ") + ForDisplay(key.recipient, 80);
    if (!foreign.empty()) text += " (" + std::string(foreign) + ")";
  }
  for (const std::string_view service : metadata.other_services)
    text += (text.empty() ? "" : ", ") + std::string(service);
  return text;
}

bool AllForeign(const SopsMetadata& metadata) {
  for (const SopsAgeKey& key : metadata.age) {
    if (NameOfForeignRecipient(key.recipient).empty()) return false;
  }
  return true;
}

Diagnostic Problem(std::string_view file, Mark mark, int code, std::string message, std::string fix) {
  return {std::string(file), mark, code, Severity::kError, std::move(message), std::move(fix)};
}

Diagnostic NobodyOpensIt(const SopsMetadata& metadata, std::string_view file, const Identities& identities) {
  if (AllForeign(metadata)) {
    return Problem(
        file, metadata.mark, code::kSecretsUnsupported,
        metadata.age.empty() && metadata.other_services.empty()
            ? "the file names nobody whom it is encrypted to"
            : "the file is only encrypted to " + FileRecipients(metadata) +
                  ", and Slipway decrypts with age X25519 identities alone",
        "add an age recipient to .sops.yaml (`age-keygen` makes one), then `sops updatekeys FILE`");
  }
  if (identities.empty()) {
    return Problem(file, metadata.mark, code::kSecretsNoIdentity,
                   "the file is encrypted to " + FileRecipients(metadata) + ", and no identity was given",
                   kGiveIdentity);
  }
  return Problem(file, metadata.mark, code::kSecretsWrongIdentity,
                 "the file is encrypted to " + FileRecipients(metadata) +
                     ", but the identities at hand are those of " + OwnRecipients(identities),
                 "add one of these to .sops.yaml and run `sops updatekeys FILE`, or give the other identity");
}

}  // namespace

Diagnostic DescribeAgeError(const AgeError& error, const std::string& subject, std::string_view file,
                            Mark mark, const Identities& identities) {
  if (error.kind != AgeError::Kind::kNoMatch) {
    return Problem(file, mark, code::kSecretsDamaged, subject + " is damaged: " + error.detail,
                   "restore the file from Git, or encrypt it again");
  }
  if (identities.empty()) {
    return Problem(file, mark, code::kSecretsNoIdentity,
                   subject + " is encrypted with age, and no identity was given; " + error.detail,
                   kGiveIdentity);
  }
  const bool usable = error.detail.find(" 0 X25519") == std::string::npos;
  return Problem(file, mark, usable ? code::kSecretsWrongIdentity : code::kSecretsUnsupported,
                 subject + " is not encrypted to " + OwnRecipients(identities) +
                     ", the identities at hand; " + error.detail,
                 usable
                     ? "encrypt the file again with this recipient, or give the other identity"
                     : "encrypt the file again with `age -r RECIPIENT`, where the recipient is one of these");
}

std::optional<SecretBytes> FindDataKey(const SopsMetadata& metadata, std::string_view file,
                                       const Identities& identities, Diagnostics& problems) {
  std::optional<Diagnostic> damage;
  for (const SopsAgeKey& entry : metadata.age) {
    if (!NameOfForeignRecipient(entry.recipient).empty()) continue;
    auto key = DecryptAge(entry.enc, identities);
    if (key && key->size() == kKeyBytes) return *std::move(key);
    if (key) {
      damage = Problem(file, entry.mark, code::kSecretsDamaged,
                       "the data key has " + std::to_string(key->size()) + " bytes instead of 32",
                       "restore the file from Git, or encrypt it again");
    } else if (key.error().kind != AgeError::Kind::kNoMatch && !damage) {
      damage = DescribeAgeError(key.error(), "the data key for " + ForDisplay(entry.recipient, 80), file,
                                entry.mark, identities);
    }
  }
  problems.push_back(damage ? *std::move(damage) : NobodyOpensIt(metadata, file, identities));
  return std::nullopt;
}

}  // namespace slipway::secrets
