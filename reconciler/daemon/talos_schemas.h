#pragma once

#include <string>

#include "reconciler/render/schema_cache.h"
#include "schema/fleet/result.h"

namespace slipway {

/// Reads every `*.json` of a folder as a schema of Talos; the `$id` inside says of which release. "" is no
/// folder and gives none. Errors (kFixInput): no such folder, a file that cannot be read or is no such
/// schema, two of one release.
Result<OfficialSchemas> LoadTalosSchemas(const std::string& folder);

}  // namespace slipway
