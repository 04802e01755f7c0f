#pragma once

#include <memory>
#include <string>

#include "reconciler/source/git_error.h"
#include "reconciler/source/git_handle.h"
#include "schema/fleet/source_tree.h"

namespace slipway {

/// The tree of a commit below `path` ("." is the whole), as blobs of the object database: links are never
/// followed, because nothing is ever checked out. `repository` must outlive it.
SourceResult<std::unique_ptr<SourceTree>> ReadGitTree(git_repository* repository, const std::string& commit,
                                                      const std::string& path);

/// A revision with more entries than this is refused.
inline constexpr size_t kMostTreeEntries = 250'000;

}  // namespace slipway
