#pragma once

#include "reconciler/talos/patch.h"

namespace slipway::talos {

/// Applies a patch as the tools of the model's release do (pkg/machinery/config/configpatcher, merge). Both
/// sides must be decoded for that release. Documents meet by apiVersion, kind and name, an unmatched one is
/// appended; within a document the rules of its types decide; a JSON patch is refused where there is more
/// than one document, and its result decoded again. Values keep the marks of the text they come from. On an
/// error `documents` is left in an unspecified state: work on a copy.
ConfigResult<void> ApplyPatch(Documents& documents, const ConfigPatch& patch, const TypeModel& model);

}  // namespace slipway::talos
