#pragma once

#include <string>
#include <vector>

#include "reconciler/talos/bundle.h"
#include "schema/fleet/result.h"

namespace slipway::cli {

/// The text of a talosconfig with a new client certificate that is valid from now on for `seconds`. Takes the
/// clock and random numbers of the system.
Result<std::string> NewTalosconfig(const talos::Bundle& bundle, const std::string& cluster,
                                   const std::vector<std::string>& endpoints,
                                   const std::vector<std::string>& roles, int64_t seconds);

}  // namespace slipway::cli
