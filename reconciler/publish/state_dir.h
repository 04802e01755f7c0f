#pragma once

#include <string>

#include "reconciler/publish/file_ops.h"
#include "schema/fleet/result.h"

namespace slipway {

/// The state directory, opened and locked. Everything in it is reached through these descriptors, so that
/// moving or replacing the directory underneath a running worker cannot mix two of them.
struct StateDir {
  FileOps* ops = nullptr;  ///< not owned
  std::string path;        ///< for messages
  Fd root;                 ///< holds the lock
  Fd generations;
  Fd staging;
  Fd assets;
  Fd partial;  ///< assets/.partial

  /// Makes the directory (its parent must exist) and its folders where they are missing. A read-only
  /// directory that has them already is fine. kRetry errors; one of them when another process works on it.
  static Result<StateDir> Open(FileOps& ops, const std::string& path);
};

}  // namespace slipway
