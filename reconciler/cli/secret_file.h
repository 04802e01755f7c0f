#pragma once

#include <string>
#include <string_view>

#include "schema/fleet/result.h"

namespace slipway::cli {

enum class Existing { kKeep, kReplace };

/// Writes a file that nobody but its owner can read at any time (0600); "-" is standard output. A file that
/// is there is kept, which is an error, or replaced in one step. Missing folders are made (0700).
Result<void> WriteSecretFile(const std::string& path, std::string_view bytes, Existing existing);

}  // namespace slipway::cli
