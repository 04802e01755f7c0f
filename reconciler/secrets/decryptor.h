#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/secrets/identity.h"
#include "schema/fleet/yaml.h"

namespace slipway::secrets {

enum class Encryption { kNone, kAge, kSops };

/// A YAML file as it is after decryption.
struct OpenedYaml {
  yaml::Stream stream;  ///< marks are those of the file; of an age file, of the text inside
  Encryption encryption = Encryption::kNone;
  std::vector<std::string> secrets;  ///< the texts of all values that were encrypted, for masking
};

/// Reads YAML files, encrypted ones included, with the identities it was made with. A value: copies share the
/// identities. Pure; any thread.
class Decryptor {
 public:
  Decryptor() = default;  ///< opens nothing
  explicit Decryptor(Identities identities);

  /// Reads a file that is plain, encrypted with SOPS, or an age file (armored or binary) whose content is
  /// YAML. Whatever is wrong is in `stream.problems`; those of an encrypted file quote nothing that was
  /// encrypted.
  OpenedYaml Read(std::string_view bytes, std::string_view path, const yaml::Limits& limits = {}) const;

 private:
  std::shared_ptr<const Identities> identities_ = std::make_shared<const Identities>();
};

}  // namespace slipway::secrets
