#pragma once

#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/secrets/bytes.h"
#include "schema/fleet/yaml.h"

/// Encryption, which only tests need: age files and SOPS files for a recipient, with randomness from a seed
/// so that a failure repeats.
namespace slipway::secrets {

/// An identity nobody uses outside of tests, and others beside it.
std::string TestIdentity(unsigned number = 0);   ///< "AGE-SECRET-KEY-1…"
std::string TestRecipient(unsigned number = 0);  ///< "age1…"

std::string EncodeBase64(ByteView bytes);

enum class Form { kBinary, kArmored };

/// What may be bent while an age file is made.
struct AgeBend {
  std::vector<std::string> more_stanzas;  ///< whole texts, each ending in a line break
  std::function<void(std::string& header)> header;
};
std::string SealAge(std::string_view plain, std::string_view recipient, Form form, unsigned seed = 1,
                    const AgeBend& bend = {});

struct SopsSealing {
  std::string recipient = TestRecipient();
  std::string rule;  ///< a line of the metadata: "encrypted_regex: ^data$"
  std::string more;  ///< more lines of it
  /// By the path with colons, "a:b:".
  std::function<bool(std::string_view path)> encrypts = [](std::string_view) { return true; };
  enum class Mac { kAll, kEncryptedOnly, kWrong, kNone } mac = Mac::kAll;
  unsigned seed = 1;
};
/// A YAML file whose strings, integers, floats and booleans are encrypted as SOPS does it. Plain leaves are
/// expected to be strings in quotes or integers and booleans in their simple form.
std::string SealSops(std::string_view yaml, const SopsSealing& sealing = {});

}  // namespace slipway::secrets
