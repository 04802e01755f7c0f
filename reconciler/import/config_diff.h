#pragma once

#include <optional>
#include <vector>

#include "reconciler/talos/documents.h"
#include "schema/fleet/fleet.h"

namespace slipway::imports {

/// Strategic merge patches, to be applied one after the other, that make `to` of `from`; no patch when they
/// are equal, nothing when no such patches were found or a side is no config of that version. The result was
/// tried: the patches give the documents of `to`, whatever the order of documents and keys.
std::optional<std::vector<talos::Documents>> DiffAsPatches(talos::Documents from, talos::Documents to,
                                                           const TalosVersion& version);

/// Whether the documents are the same, whatever their order and that of their keys.
bool SameDocuments(const talos::Documents& a, const talos::Documents& b);

}  // namespace slipway::imports
