#pragma once

#include <string>
#include <vector>

#include "schema/fleet/yaml.h"

namespace slipway::imports {

/// An image factory schematic as talhelper's files hold it.
struct Schematic {
  std::string id;                         ///< 64 lower-case hex digits
  std::vector<std::string> kernel_args;   ///< customization.extraKernelArgs
  std::vector<std::string> unknown_keys;  ///< fields that the factory does not know; not part of the id
};

/// The id that the image factory gives it: the SHA-256 of its canonical YAML. `value` null is the empty
/// schematic. Source: github.com/siderolabs/image-factory, pkg/schematic.
Schematic ReadSchematic(const yaml::Value& value);

}  // namespace slipway::imports
