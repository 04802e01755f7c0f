#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reconciler/cli/command.h"
#include "reconciler/secrets/decryptor.h"

namespace slipway::cli {

/// `--identity FILE`, which may be repeated, and the environment that LoadIdentities() looks at.
class IdentityFlags {
 public:
  void AddTo(CLI::App& command);

  /// What opens encrypted files, or nothing after the problem was printed.
  std::optional<secrets::Decryptor> Load() const;

 private:
  std::vector<std::string> files_;
};

}  // namespace slipway::cli
