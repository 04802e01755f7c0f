#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "reconciler/publish/generation.h"
#include "reconciler/publish/staged_tree.h"

namespace slipway {

/// The staged tree of the publication to come, begun while nothing waits for it: the first `linked` files of
/// the manifest of generation `of`, as hard links. A publication that finds it links only the rest, and takes
/// out what it does not want. Nobody reads it, and a start removes it like any other leftover.
struct Successor {
  std::string of;
  std::unique_ptr<StagedTree> tree;
  size_t linked = 0;
};

/// Goes on with `successor` by at most `files` links to files of `current`, which is the generation it is of;
/// after the last one the tree is made durable. False when it is complete. An error is a reason to give it
/// up: a file is missing, the disk is full, or the filesystem has no hard links.
Result<bool> LinkAhead(const StateDir& state, DigestCache& cache, const Generation& current,
                       Successor& successor, size_t files);

}  // namespace slipway
