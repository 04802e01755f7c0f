#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reconciler/cli/command.h"
#include "reconciler/daemon/config.h"

namespace slipway::cli {

/// `--config FILE` and one flag for every key of the daemon's file; a flag wins over the file.
class DaemonFlags {
 public:
  void AddTo(CLI::App& command);

  /// The configuration, or nothing after its problems were printed.
  std::optional<DaemonConfig> Load() const;

  /// The same flags again, for the worker's command line.
  std::vector<std::string> Words() const;

 private:
  std::string file_;
  std::vector<std::vector<std::string>> values_;  ///< parallel to ConfigKeys()
};

}  // namespace slipway::cli
