#pragma once

#include <functional>
#include <memory>
#include <string>

#include "reconciler/source/git_error.h"
#include "reconciler/source/git_handle.h"
#include "schema/fleet/source_tree.h"

namespace slipway {

/// How a tree gets at the mirror. The repository is asked for each time, since cloning again replaces it.
struct MirrorAccess {
  std::function<SourceResult<git_repository*>()> open;
  std::function<SourceResult<git_repository*>()> clone_again;  ///< for objects that are missing or broken
};

/// The tree of a commit below `path` ("." is the whole), as blobs of the object database: links are never
/// followed, because nothing is ever checked out. A damaged mirror is cloned again on the way, also when a
/// blob turns out bad much later, once for each tree. What `mirror` refers to must outlive the tree.
SourceResult<std::unique_ptr<SourceTree>> ReadGitTree(const MirrorAccess& mirror, const std::string& commit,
                                                      const std::string& path);

/// Bounds on a revision. A tree of a few hundred bytes can unfold into billions of entries, and folders
/// count.
inline constexpr size_t kMostTreeEntries = 250'000;
inline constexpr size_t kMostTreeLevels = 64;
inline constexpr size_t kLongestTreePath = 1024;

}  // namespace slipway
