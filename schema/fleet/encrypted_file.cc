#include "schema/fleet/encrypted_file.h"

#include <algorithm>

namespace slipway {

bool IsArmoredAge(std::string_view bytes) {
  bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size()));
  return bytes.starts_with("-----BEGIN AGE ENCRYPTED FILE-----");
}

bool IsAgeFile(std::string_view bytes) {
  constexpr std::string_view kVersion = "age-encryption.org/v";
  if (!bytes.starts_with(kVersion)) return IsArmoredAge(bytes);
  // The whole line, so that a YAML key which begins like it is none.
  bytes.remove_prefix(kVersion.size());
  const size_t end = bytes.find_first_not_of("0123456789");
  return end > 0 && end != std::string_view::npos && bytes[end] == '\n';
}

}  // namespace slipway
