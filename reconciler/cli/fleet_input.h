#pragma once

#include <memory>
#include <string>

#include "reconciler/cli/command.h"
#include "reconciler/source/git_source.h"
#include "schema/fleet/source_tree.h"

namespace slipway::cli {

/// What `validate` and `render` read: a folder, or a revision of a repository.
struct FleetInput {
  std::string place = ".";
  std::string revision;  ///< branch, tag or commit of the repository at `place`; "" reads the folder as it is
  std::string path = ".";

  /// `name` is that of the folder's option; by default it is a word of its own.
  void AddTo(CLI::App& command, const std::string& name = "FOLDER");

  /// The tree; `holder` keeps what it stands on.
  Result<std::unique_ptr<SourceTree>> Open(std::unique_ptr<GitSource>& holder) const;
};

}  // namespace slipway::cli
