#pragma once

#include <string>
#include <vector>

#include "reconciler/import/imported.h"
#include "reconciler/secrets/decryptor.h"

namespace slipway::imports {

/// A folder that `talosctl gen config` wrote.
struct TalosctlInput {
  std::string name;                ///< of the folder, as remarks show it
  std::vector<std::string> files;  ///< names of the plain files in it
  ReadFile read;                   ///< by those names
  secrets::Decryptor decryptor;
};

/// Slipway resources for the cluster of controlplane.yaml and worker.yaml. With a secrets.yaml beside them
/// that is theirs, the Cluster names the bundle and patches for what the base configs made of it lack, if
/// these give the very documents of the files; else the files themselves become the Cluster's base. Nodes are
/// left to the user, since the folder knows none. Errors: neither file is there, or one is no machine config.
Result<Imported> ImportTalosctl(const TalosctlInput& input);

}  // namespace slipway::imports
