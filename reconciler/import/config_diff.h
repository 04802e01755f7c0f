#pragma once

#include <optional>
#include <vector>

#include "reconciler/talos/documents.h"

namespace slipway::imports {

/// Strategic merge patches, to be applied one after the other, that make `to` of `from`; no patch when they
/// are equal, nothing when no such patches were found. The result was tried: the patches give the documents
/// of `to`, whatever the order of documents and keys.
std::optional<std::vector<talos::Documents>> DiffAsPatches(const talos::Documents& from,
                                                           const talos::Documents& to);

/// Whether the documents are the same, whatever their order and that of their keys.
bool SameDocuments(const talos::Documents& a, const talos::Documents& b);

}  // namespace slipway::imports
