#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "reconciler/publish/file_ops.h"
#include "schema/contract/manifest.h"
#include "schema/contract/sha256.h"

namespace slipway {

enum class FileState : uint8_t { kIntact, kMissing, kDamaged };

/// Knows the digests of files that were read or written before, by inode, so that looking whether 20,000
/// published files are intact costs a stat each. An edit in place changes the modification time, an editor
/// that renames changes the inode; making another hard link changes neither. In memory only: a new process
/// reads each file once. One thread.
class DigestCache {
 public:
  /// Does `dir/path` hold exactly these bytes? Hashes the file unless it is the one last seen. Errors other
  /// than "not there" come back as such.
  IoResult<FileState> Check(FileOps& ops, int dir, const std::string& path, const Sha256& digest,
                            uint64_t size);

  /// Likewise, for a file whose size nobody has recorded (an asset); `status` receives what it is.
  IoResult<FileState> Check(FileOps& ops, int dir, const std::string& path, const Sha256& digest,
                            FileStat* status);

  /// Remembers what was just written.
  void Learn(const FileStat& status, const Sha256& digest);

  void Clear() { known_.clear(); }
  size_t size() const { return known_.size(); }

 private:
  struct Known {
    int64_t mtime_ns = 0;
    uint64_t size = 0;
    uint64_t device = 0;
    Sha256 digest;
  };
  std::unordered_map<uint64_t, Known> known_;  ///< by inode
};

}  // namespace slipway
