#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconciler/publish/file_ops.h"

namespace slipway {

/// The open folder that a walk over sorted paths stands in: opened once for all files of a folder, so that
/// each file costs one look-up of its own name.
class DirCursor {
 public:
  enum class Missing : uint8_t { kFail, kMake };

  /// `root` must stay open while this lives.
  DirCursor(FileOps& ops, int root, Missing missing) : ops_(ops), root_(root), missing_(missing) {}

  /// The descriptor of `folder` below the root, "" for the root itself; valid until the next call.
  IoResult<int> At(std::string_view folder);

  /// Folders that were made, parents first.
  const std::vector<std::string>& made() const { return made_; }

 private:
  IoResult<void> Make(const std::string& folder);

  FileOps& ops_;
  int root_;
  Missing missing_;
  std::string folder_;
  Fd open_;
  std::vector<std::string> made_;
};

}  // namespace slipway
