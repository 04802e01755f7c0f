#pragma once

#include <string>
#include <vector>

#include "reconciler/publish/file_ops.h"
#include "schema/fleet/result.h"

namespace slipway {

/// Opens a regular file for reading if it lies below one of `roots` (absolute folders), after every symbolic
/// link in both was followed. The kernel then opens it below that root without following links any more, so
/// that nobody can turn one in between. kFixInput for a file outside, missing or not regular.
Result<Fd> OpenBelow(const std::vector<std::string>& roots, const std::string& path);

}  // namespace slipway
