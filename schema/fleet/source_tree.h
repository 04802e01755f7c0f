#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/result.h"

namespace slipway {

/// The files of one revision, or of one folder: the only input of loading and rendering. Immutable.
/// An interface because the outside world (an object database, a disk) must be faked to fail.
class SourceTree {
 public:
  enum class EntryKind { kFile, kSymlink, kSubmodule };
  struct Entry {
    std::string path;        ///< relative, `/`-separated, below the configured folder
    std::string content_id;  ///< equal ids mean equal bytes (a Git blob id, or a digest)
    uint64_t size = 0;       ///< bytes; 0 where it is not known before reading
    EntryKind kind = EntryKind::kFile;
  };

  virtual ~SourceTree() = default;

  /// Every entry, sorted by path bytes. Directories are not entries.
  virtual const std::vector<Entry>& entries() const = 0;

  /// The bytes of a file, or the target of a symbolic link (as written, never followed). More than
  /// `max_bytes` is an error (kFixInput) and nothing that large is kept; so is a submodule.
  virtual Result<std::string> Read(const Entry& entry, uint64_t max_bytes) const = 0;

  /// Binary search in entries(); nullptr when absent.
  const Entry* Find(std::string_view path) const;
};

/// A tree from path → bytes, for tests and for `render` of what is in memory anyway; `symlinks` from path →
/// target.
std::unique_ptr<SourceTree> MakeMemoryTree(const std::map<std::string, std::string>& files,
                                           const std::map<std::string, std::string>& symlinks = {},
                                           const std::vector<std::string>& submodules = {});

/// The files below a folder on disk, for `slipway validate DIR`. Symbolic links are entries, never followed;
/// whatever is called `.git` is left out. The list is made here, bytes are read when they are asked for; an
/// id stands for a file's inode, size and times. Errors: the folder cannot be read (kFixInput), more than
/// `max_entries` in it.
Result<std::unique_ptr<SourceTree>> MakeDirectoryTree(const std::string& folder,
                                                      size_t max_entries = 1'000'000);

}  // namespace slipway
