#pragma once

#include <string>

#include "reconciler/source/git_error.h"
#include "reconciler/source/git_handle.h"

namespace slipway {

/// The commit that merging `theirs` onto `ours` would make, as the forge's merge button does it: written into
/// the repository's objects, under no reference. Files are merged as text; no driver, filter or hook of
/// anybody runs. Conflicts are kConflict (kFixInput) and name the files.
SourceResult<std::string> MergeCommits(git_repository* repository, const std::string& ours,
                                       const std::string& theirs);

}  // namespace slipway
