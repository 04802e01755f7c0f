#pragma once

#include <optional>
#include <string>

#include "reconciler/plan/known_fleet.h"
#include "reconciler/publish/file_ops.h"

namespace slipway::plan {

/// Known fleets on disk, one file for each repository, in a folder of the user's own. Any number of processes
/// may use it at a time: a file is replaced by a rename, and what is not whole, not of this build, or not the
/// user's is as good as not there. Nothing is synced, since everything can be made again.
class PlanCache {
 public:
  /// `ops` makes files that only their owner may read, and must outlive this. `folder` is made when something
  /// is kept; `build` stands for the program and its libraries.
  PlanCache(FileOps& ops, std::string folder, std::string build);

  /// What was kept of the repository last. `repository` is any text that names it.
  std::optional<KnownFleet> Find(const std::string& repository) const;

  /// Keeps it in the place of what was there, and the newest kMostFiles of all repositories.
  IoResult<void> Keep(const std::string& repository, const KnownFleet& known) const;

  static constexpr size_t kMostFiles = 16;
  static constexpr uint64_t kLargest = 64U << 20U;  ///< bytes of a file; a fleet that needs more is not kept

 private:
  IoResult<Fd> OpenFolder() const;
  void Bound(int dir) const;

  FileOps& ops_;
  std::string folder_;
  std::string build_;
};

}  // namespace slipway::plan
