#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
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

  /// Takes a file out again; its folder stays.
  Result<void> Remove(const std::string& path);

  /// Removes the folder when nothing is in it, then its parents likewise. No file may be put below it later.
  Result<void> RemoveEmptyFolder(const std::string& folder);

  /// Another name for a file of this tree.
  Result<How> LinkOwn(const std::string& from, const std::string& path, const Sha256& digest);

  /// After this the tree survives a power cut: fsync of each file and folder that is new or was changed since
  /// the last call, or one syncfs where that are many.
  Result<void> MakeDurable();

  int dir() const { return dir_.get(); }
  const std::string& name() const { return name_; }  ///< below staging/

  /// The tree was renamed away: nothing is left to remove.
  void Release() { name_.clear(); }

 private:
  StagedTree(const StateDir& state, DigestCache& cache, std::string name, Fd dir);

  std::string Doing(std::string_view verb, const std::string& path) const;
  IoResult<int> Enter(const std::string& path);
  IoResult<void> SyncFile(const std::string& path);
  IoResult<void> SyncFolder(const std::string& folder);
  IoResult<void> SyncEach();

  const StateDir& state_;
  DigestCache& cache_;
  std::string name_;
  Fd dir_;
  DirCursor cursor_;
  std::vector<std::string> written_;  ///< paths, only as long as they are few
  size_t written_count_ = 0;
  std::set<std::string, std::less<>> dirty_;  ///< folders with a new or a lost entry; the top one always is
  size_t made_seen_ = 0;                      ///< of cursor_.made(), those that are in dirty_
};

}  // namespace slipway
