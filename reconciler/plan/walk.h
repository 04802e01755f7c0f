#pragma once

#include <memory>
#include <optional>

#include "reconciler/render/renderer.h"
#include "schema/fleet/load.h"

namespace slipway::plan {

/// What came of a tree on the way from its files to a plan. Stays where it is: the plan works on the fleet.
struct Walked {
  Walked() = default;
  Walked(const Walked&) = delete;
  Walked& operator=(const Walked&) = delete;

  LoadOutcome loaded;
  std::optional<Renderer::Plan> plan;  ///< there if and only if none of `diagnostics` is an error
  Diagnostics diagnostics;             ///< of loading and of planning, sorted
};

/// Loads and plans. The tree must outlive what comes of it. An error is trouble with reading.
Result<std::unique_ptr<const Walked>> Walk(const SourceTree& tree, FleetLoader& loader, Renderer& renderer);

}  // namespace slipway::plan
