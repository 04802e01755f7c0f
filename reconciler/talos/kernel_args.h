#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/fleet.h"

namespace slipway::talos {

/// Wipes the disk that Talos is installed on, then reboots; left in place it does so at every boot.
/// (constants.KernelParamWipe, Talos 1.4 and later)
inline constexpr std::string_view kWipeSystemDisk = "talos.experimental.wipe=system";

/// The kernel command line that Talos' own imager writes for platform metal, without talos.config.
/// Source: pkg/imager/imager_test.go of each minor. Versions after the newest known get the newest list.
std::vector<std::string> DefaultKernelArgs(const TalosVersion& version, Arch arch);

/// `defaults` followed by the user's: a `console=` or `talos.platform=` of the user's replaces all defaults
/// of that name, "-name" or "-name=value" removes the defaults it matches, everything else is appended in
/// order.
std::vector<std::string> MergeKernelArgs(std::vector<std::string> defaults,
                                         const std::vector<std::string>& user);

}  // namespace slipway::talos
