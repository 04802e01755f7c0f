#pragma once

#include <memory>
#include <string>

#include "reconciler/cli/command.h"
#include "reconciler/source/git_source.h"
#include "reconciler/source/local_repository.h"
#include "schema/fleet/source_tree.h"

namespace slipway::cli {

/// What a tree stands on; it must outlive the tree.
struct FleetHolder {
  std::unique_ptr<GitSource> remote;
  std::unique_ptr<LocalRepository> local;
};

/// What `validate` and `render` read: a folder, or a revision of a repository.
struct FleetInput {
  std::string place = ".";
  /// Of the repository at `place`: what git rev-parse knows where it is on this machine, otherwise a branch,
  /// a tag or a full commit; "" reads the folder as it is.
  std::string revision;
  std::string path = ".";

  /// `name` is that of the folder's option; by default it is a word of its own.
  void AddTo(CLI::App& command, const std::string& name = "FOLDER");

  Result<std::unique_ptr<SourceTree>> Open(FleetHolder& holder) const;
  /// Likewise, with ids of Git's also for files on disk, so that two inputs share what is the same in both.
  Result<std::unique_ptr<SourceTree>> OpenWithGitIds(FleetHolder& holder) const;

 private:
  Result<std::unique_ptr<SourceTree>> OpenLocal(FleetHolder& holder) const;
  Result<std::unique_ptr<SourceTree>> OpenRemote(FleetHolder& holder) const;
};

}  // namespace slipway::cli
