#pragma once

#include <map>
#include <string>

#include "reconciler/source/git_source.h"

namespace slipway {

/// RevisionInfo::commits: what was merged since `older` (a commit), with the signers that are known. "" when
/// `newer` is all of it and `always` is false, or when it cannot be told.
std::string MergedRange(GitSource& source, const Revision& newer, const std::string& older,
                        const std::map<std::string, std::string>& signers, bool always);

}  // namespace slipway
