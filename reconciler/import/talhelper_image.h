#pragma once

#include <string>

#include "reconciler/import/draft.h"
#include "reconciler/import/schematic.h"
#include "reconciler/import/talhelper_merge.h"

namespace slipway::imports {

/// What a talhelper node installs and boots.
struct TalhelperImage {
  std::string installer;  ///< the whole reference, as it stands in the machine config
  std::string schematic;  ///< its schematic, when `installer` is the factory's plain one for it; else ""
  Schematic boot;         ///< of the kernel and the initramfs
};

/// Where boot files are: the image factory that the talconfig names, or the public one.
std::string FactoryOf(const yaml::Value& config);

/// Resolves `schematic`, `imageSchematic`, `talosImageURL`, `machineSpec` and the talconfig's `imageFactory`.
TalhelperImage ImageOf(const TalhelperNode& node, const yaml::Value& config, const TalosVersion& version,
                       Draft& draft);

}  // namespace slipway::imports
