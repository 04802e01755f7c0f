#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway {

/// The files that say whose signatures count.
enum class KeyFile : uint8_t {
  kAllowedSigners,  ///< SSH keys and whose they are (ssh-keygen(1), ALLOWED SIGNERS)
  kRevokedKeys,     ///< SSH public keys, one a line, or a revocation list of `ssh-keygen -k`
  kPgpKeys,         ///< OpenPGP public keys in armor (RFC 4880 §6.2)
};

inline constexpr uint64_t kLargestKeyFile = 256 * 1024;  ///< bytes

struct KeyFileProblem {
  uint32_t line = 0;  ///< from 1; 0: the file as a whole
  std::string message;
  std::string fix;
  bool operator==(const KeyFileProblem&) const = default;
};

/// The first thing in a file of keys that the programs which verify by it would pass over in silence or
/// stumble upon. Says nothing about the keys themselves.
std::optional<KeyFileProblem> FindKeyFileProblem(KeyFile kind, std::string_view text);

}  // namespace slipway
