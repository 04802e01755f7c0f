#pragma once

#include <memory>
#include <string>

#include "schema/fleet/result.h"
#include "schema/fleet/source_tree.h"

namespace slipway {

/// The files below a folder, as MakeDirectoryTree lists them, each with the id that Git would give its bytes,
/// so that files and commits are told apart by what is in them. Filters of the repository are not asked: the
/// bytes are what counts. Reads every file once; larger ones than kLargestIdentified keep an id that no Git
/// object has. A file that changes after it was listed cannot be read any more (kRetry).
Result<std::unique_ptr<SourceTree>> ReadWorkTree(const std::string& folder);

/// Nothing that loading or rendering reads is larger.
inline constexpr uint64_t kLargestIdentified = 16U << 20U;

}  // namespace slipway
