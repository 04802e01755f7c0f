#pragma once

#include <string>
#include <vector>

#include "reconciler/source/git_error.h"
#include "reconciler/source/git_handle.h"
#include "reconciler/source/git_source.h"

/// What a repository knows of commits and tags besides their trees. Private to this room.
namespace slipway {

/// The first-parent line of `newer`, oldest first, as far as `older` does not reach it ("" reaches nothing).
/// kTreeTooLarge when it has more than `most` commits, or when more than a hundred times as many lie beside
/// it.
SourceResult<std::vector<std::string>> ListFirstParents(git_repository* repository, const std::string& newer,
                                                        const std::string& older, size_t most);

/// Whether `newer` descends from `older`, or is it. kUnknown where one of them is missing or cannot be read.
Ancestry CompareCommits(git_repository* repository, const std::string& newer, const std::string& older);

/// What a commit says of itself. Its name is "<label>@sha1:<commit>", without the label where that is "".
SourceResult<Revision> DescribeCommit(git_repository* repository, const std::string& commit,
                                      const std::string& label);

bool HasObject(git_repository* repository, const std::string& hash);

/// The bytes of a commit or an annotated tag, at most 1 MiB.
SourceResult<std::string> ReadObject(git_repository* repository, const std::string& hash);

/// Makes a reference point at a commit. Written only where it points elsewhere; fails in silence, since it
/// only keeps a cache from forgetting.
void PointAt(git_repository* repository, const char* reference, const std::string& commit);

}  // namespace slipway
