#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/publish/digest_cache.h"
#include "reconciler/publish/dir_cursor.h"
#include "reconciler/publish/state_dir.h"
#include "schema/fleet/result.h"

namespace slipway {

/// A tree being built below staging/. Nothing in it is visible to readers. Unless Release was called, the
/// destructor removes it again; what a crash leaves is removed at the next start.
class StagedTree {
 public:
  enum class How : uint8_t { kLinked, kCopied };

  static Result<std::unique_ptr<StagedTree>> Begin(const StateDir& state, DigestCache& cache);
  ~StagedTree();
  StagedTree(const StagedTree&) = delete;
  StagedTree& operator=(const StagedTree&) = delete;

  /// A new file with these bytes, whose digest the caller knows.
  Result<void> Write(const std::string& path, std::string_view bytes, const Sha256& digest);

  /// Another name for a published file or one of the asset store; a copy, checked against `digest`, where the
  /// filesystem allows no link (EMLINK, EXDEV, and EPERM of filesystems without hard links).
  Result<How> Link(int from_dir, const std::string& from, const std::string& path, const Sha256& digest);

  /// Another name for a file of this tree.
  Result<How> LinkOwn(const std::string& from, const std::string& path, const Sha256& digest);

  /// After this the tree survives a power cut: fsync of each new file and folder, or one syncfs where that
  /// are many.
  Result<void> MakeDurable();

  int dir() const { return dir_.get(); }
  const std::string& name() const { return name_; }  ///< below staging/

  /// The tree was renamed away: nothing is left to remove.
  void Release() { name_.clear(); }

 private:
  StagedTree(const StateDir& state, DigestCache& cache, std::string name, Fd dir);

  std::string Doing(std::string_view verb, const std::string& path) const;
  IoResult<void> SyncFile(const std::string& path);
  IoResult<void> SyncFolder(const std::string& folder);

  const StateDir& state_;
  DigestCache& cache_;
  std::string name_;
  Fd dir_;
  DirCursor cursor_;
  std::vector<std::string> written_;  ///< paths, only as long as they are few
  size_t written_count_ = 0;
};

}  // namespace slipway
