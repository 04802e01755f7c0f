#pragma once

#include <optional>
#include <vector>

#include "reconciler/talos/patch.h"

namespace slipway::talos {

struct TakenDeletions {
  bool all = false;  ///< nothing is left of the document
  std::optional<ConfigError> problem;
};

/// Moves every `$patch: delete` of a patch's document into `deletions`, in the order of the text, and takes
/// what became empty thereby out of the document. `document` must be a mapping.
TakenDeletions TakeDeletions(yaml::Value& document, std::vector<Deletion>& deletions);

/// Executes a deletion that is not the document's own on a decoded document. Refuses what is not there, as
/// Talos does: a path through what is not set, an unknown key of a mapping, a list item that no field of text
/// selects. A field that could be set and is not may be deleted.
ConfigResult<void> Delete(yaml::Value& document, const StructType& type, const Deletion& deletion, int minor);

}  // namespace slipway::talos
