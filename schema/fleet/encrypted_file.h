#pragma once

#include <string_view>

namespace slipway {

/// Whether a file is age's armored text form, by how it begins; white space may stand before it.
bool IsArmoredAge(std::string_view bytes);

/// Whether a whole file is encrypted with age, binary or armored. Such a file is no YAML, whatever its name.
bool IsAgeFile(std::string_view bytes);

}  // namespace slipway
