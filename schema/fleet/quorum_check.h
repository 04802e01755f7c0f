#pragma once

#include "schema/fleet/fleet_check.h"

namespace slipway {

/// Wipes of control planes leave each cluster more than half of them (etcd's quorum), whatever their dates:
/// a revision is judged without a clock.
void CheckWipes(const FleetView& view, Diagnostics& diagnostics);

}  // namespace slipway
