#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/diagnostic.h"
#include "schema/fleet/yaml.h"

namespace slipway::secrets {

/// One wrapping of the data key.
struct SopsAgeKey {
  std::string recipient;
  std::string enc;  ///< an armored age file
  Mark mark;
};

/// Which values are encrypted, by the names on the way to them.
struct SopsRule {
  enum class Kind { kUnencryptedSuffix, kEncryptedSuffix, kUnencryptedRegex, kEncryptedRegex };
  Kind kind = Kind::kUnencryptedSuffix;
  std::string text = "_unencrypted";
  Mark mark;
};

/// What the `sops` mapping of a file says.
struct SopsMetadata {
  std::vector<SopsAgeKey> age;
  std::vector<std::string_view> other_services;  ///< for people: "PGP", "AWS KMS"
  SopsRule rule;
  enum class MacOver { kAll, kEncrypted } mac_over = MacOver::kAll;
  std::string mac;
  Mark mac_mark;
  std::string last_modified;  ///< RFC 3339, as the MAC is bound to it
  Mark mark;
};

/// Reads it, with the leniency of SOPS about types. nullopt after a problem was added: a field that is
/// missing or malformed, several rules, several key groups, a rule about comments.
std::optional<SopsMetadata> ReadSopsMetadata(const yaml::Value& sops, std::string_view file,
                                             Diagnostics& problems);

}  // namespace slipway::secrets
