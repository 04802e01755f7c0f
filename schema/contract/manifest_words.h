#pragma once

#include <optional>
#include <string_view>

#include "schema/contract/manifest.h"

namespace slipway {

/// Written into every manifest. A reader refuses any other.
inline constexpr std::string_view kManifestFormat = "slipway.manifest/v1";
inline constexpr std::string_view kRevisionFormat = "slipway.revision/v1";

std::string_view ToString(FileKind kind);  ///< "entryScript", "machineScript", "machineConfig", "asset"
std::optional<FileKind> ParseFileKind(std::string_view text);

}  // namespace slipway
