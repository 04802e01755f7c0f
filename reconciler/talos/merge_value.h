#pragma once

#include "reconciler/talos/documents.h"
#include "reconciler/talos/types/type_model.h"

namespace slipway::talos {

/// Merges `patch` into `target`, both decoded mappings of type `type`, as Talos 1.`minor` does. Source: the
/// rules and quirks of pkg/machinery/config/merge and of the types' own Merge methods.
ConfigResult<void> MergeDocument(yaml::Value& target, const yaml::Value& patch, const StructType& type,
                                 int minor);

}  // namespace slipway::talos
