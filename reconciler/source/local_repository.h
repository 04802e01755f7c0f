#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reconciler/source/git_error.h"
#include "reconciler/source/git_source.h"
#include "schema/fleet/source_tree.h"

namespace slipway {

/// A repository on this machine, read where it is: nothing is fetched and nothing written. For commands that
/// people run in a checkout. Not thread-safe.
class LocalRepository {
 public:
  /// The repository that `place` is, or lies in.
  static SourceResult<std::unique_ptr<LocalRepository>> Open(const std::string& place);
  ~LocalRepository();
  LocalRepository(const LocalRepository&) = delete;
  LocalRepository& operator=(const LocalRepository&) = delete;

  /// The commit that git rev-parse would find: main, origin/main, HEAD~2, v1.0, the beginning of a hash.
  SourceResult<Revision> Resolve(const std::string& word) const;

  /// The files of a commit below `path`. The repository must outlive the tree.
  SourceResult<std::unique_ptr<SourceTree>> ReadTree(const Revision& revision, const std::string& path) const;

  /// As GitSource's.
  Ancestry CompareWith(const Revision& newer, const std::string& older) const;
  SourceResult<std::vector<std::string>> FirstParents(const std::string& newer, const std::string& older,
                                                      size_t most) const;
  SourceResult<std::string> ReadObject(const std::string& hash) const;

 private:
  struct Impl;
  explicit LocalRepository(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace slipway
