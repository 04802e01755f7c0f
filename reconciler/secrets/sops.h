#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconciler/secrets/identity.h"
#include "schema/fleet/diagnostic.h"
#include "schema/fleet/yaml.h"

/// Reading YAML files that SOPS encrypted to age recipients. Pure; any thread.
namespace slipway::secrets {

/// Whether a document of the stream has a top-level mapping `sops`.
bool IsSops(const yaml::Stream& stream);

/// Decrypts every value in place and takes the metadata out. `stream` was read with Sources::kKeep and has no
/// problems. Nothing of a file is handed out unless its MAC fits all of it: on any problem the stream's
/// documents are dropped and the problems are added to it, at their places in `file`. No problem quotes a
/// value. Returns the texts of the values that were encrypted.
std::vector<std::string> DecryptSops(yaml::Stream& stream, std::string_view file,
                                     const Identities& identities);

}  // namespace slipway::secrets
