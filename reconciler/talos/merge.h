#pragma once

#include "reconciler/talos/documents.h"

namespace slipway::talos {

/// Applies a strategic merge patch as Talos does (pkg/machinery/config/configpatcher, merge): documents meet
/// by apiVersion, kind and name, an unmatched one is appended; within a document the patch wins field by
/// field, lists are appended or meet by key (merge_rules.h), `$patch: delete` removes a document, a key or a
/// list item. On an error `documents` is left in an unspecified state: work on a copy.
ConfigResult<void> ApplyPatch(Documents& documents, const std::vector<yaml::Document>& patch);

}  // namespace slipway::talos
