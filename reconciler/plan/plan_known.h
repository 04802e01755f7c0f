#pragma once

#include <optional>
#include <string>

#include "reconciler/plan/change.h"
#include "reconciler/plan/known_fleet.h"
#include "reconciler/plan/walk.h"

namespace slipway::plan {

/// One side of a comparison before it is loaded.
struct TreeSide {
  std::string name;  ///< as the user named it
  const SourceTree& tree;
};

/// What ComparePlans says of the two, found by looking at what differs alone. Nothing where the known fleet
/// does not prove that this is enough, and where anything is wrong: the whole then says what.
std::optional<Plan> PlanKnown(const KnownFleet& known, const TreeSide& base, const TreeSide& head,
                              FleetLoader& loader, Renderer& renderer, const std::string& digest_key);

}  // namespace slipway::plan
