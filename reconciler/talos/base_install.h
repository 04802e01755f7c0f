#pragma once

#include <string>

#include "reconciler/talos/documents.h"

namespace slipway::talos {

enum class Wipe { kAsWritten, kDisk };

/// Where a node brought the disk to a base of Talos 1.14 that was made without one, its installation is
/// completed with the cluster's installer image, unless it names its own, and with the wish to wipe the disk.
void CompleteInstall(Documents& documents, const std::string& image, Wipe wipe);

}  // namespace slipway::talos
