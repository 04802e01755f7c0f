#pragma once

#include <string>
#include <vector>

#include "reconciler/source/git_error.h"
#include "reconciler/source/git_handle.h"
#include "reconciler/source/git_source.h"

/// What commits changed, file by file. Private to this room.
namespace slipway {

/// See GitSource::ChangesSince; `path` is its source's, "." for all.
SourceResult<std::vector<CommitChanges>> ListChangesSince(git_repository* repository,
                                                          const std::string& newer, const std::string& older,
                                                          const std::string& path);

}  // namespace slipway
