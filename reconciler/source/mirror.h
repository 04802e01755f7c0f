#pragma once

#include <string>

#include "reconciler/source/git_error.h"
#include "reconciler/source/git_handle.h"

namespace slipway {

/// The bare repository that keeps what was fetched: a cache, which may be deleted at any time. No index and
/// no work tree, so there is little that a crash can leave locked.
class Mirror {
 public:
  explicit Mirror(std::string path) : path_(std::move(path)) {}

  /// Opens it, or makes an empty one; lock files of a process that was killed are removed first.
  SourceResult<git_repository*> Open();

  /// Rewrites everything reachable as one pack when fetches have left many. What is then out of reach (a
  /// history that was rewritten long ago) goes. Invalidates what Open returned.
  SourceResult<void> CompactWhenScattered();

  /// Moves a damaged one aside (".damaged", only the last is kept for a bug report); the next Open begins
  /// anew.
  SourceResult<void> MoveAside();

  void Close() { repository_.reset(); }

 private:
  void RemoveLeftovers() const;

  std::string path_;
  git::Repository repository_;
};

}  // namespace slipway
