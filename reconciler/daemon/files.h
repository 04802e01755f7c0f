#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/fleet/result.h"

namespace slipway {

/// A whole small file (16 MiB at most); nothing when there is none.
Result<std::optional<std::string>> ReadSmallFile(const std::string& path);

enum class Durability { kAtomicOnly, kDurable };

/// Replaces `path` (mode 0640) with one rename; with kDurable the new bytes survive a power cut.
Result<void> ReplaceFile(const std::string& path, std::string_view bytes, Durability durability);

/// Makes a folder (0750) and its parents.
Result<void> MakeFolder(const std::string& path);

/// Takes an exclusive lock for the life of the process. kFixInput when another process holds it.
Result<void> LockForever(const std::string& path);

}  // namespace slipway
