#pragma once

#include "reconciler/talos/documents.h"

namespace slipway::talos {

/// True for a mapping with `$patch: delete`. Any other `$patch` value is not a marker; ApplyDeletes refuses
/// it.
bool IsDeleteMarker(const yaml::Value& value);

/// Executes the delete markers of one patch document on the document it meets, and takes them out of `patch`,
/// so that what is left can be merged. A marker whose target is not there is an error, as it is upstream.
ConfigResult<void> ApplyDeletes(yaml::Value& target, yaml::Value& patch);

}  // namespace slipway::talos
