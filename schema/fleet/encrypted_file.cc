#include "schema/fleet/encrypted_file.h"

#include <algorithm>

namespace slipway {

bool IsArmoredAge(std::string_view bytes) {
  bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size()));
  return bytes.starts_with("-----BEGIN AGE ENCRYPTED FILE-----");
}

bool IsAgeFile(std::string_view bytes) {
  return bytes.starts_with("age-encryption.org/") || IsArmoredAge(bytes);
}

}  // namespace slipway
