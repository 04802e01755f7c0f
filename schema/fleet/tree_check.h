#pragma once

#include <string_view>
#include <vector>

#include "schema/fleet/decode.h"
#include "schema/fleet/load.h"

namespace slipway {

/// What a tree holds, judged by its entries alone but for the targets of links and `.slipwayignore`.
struct TreeSurvey {
  std::vector<const SourceTree::Entry*> yaml_files;  ///< in path order
  Diagnostics diagnostics;
};
Result<TreeSurvey> SurveyTree(const SourceTree& tree, const LoadLimits& limits);

/// Whether a link at `path` with this target points outside the tree.
bool LeavesTree(std::string_view path, std::string_view target);

/// Whether the bytes are not the file but Git LFS' note where it is.
bool IsLfsPointer(std::string_view bytes);

/// Reads a file that is meant to be YAML. nullopt when it cannot be used: then the reason is reported at
/// `mark` of the reporter's file. An Error is trouble outside.
Result<std::optional<std::string>> ReadYamlFile(const SourceTree& tree, const SourceTree::Entry& entry,
                                                Mark mark, Reporter& reporter, const LoadLimits& limits);

}  // namespace slipway
