#pragma once

#include <string>

#include "reconciler/plan/change.h"
#include "reconciler/plan/flatten.h"
#include "reconciler/render/renderer.h"
#include "schema/fleet/fleet.h"

namespace slipway::plan {

/// One side of a comparison: a fleet, and the plan that rendering made of it. Both must outlive the call. Two
/// sides may come out of one FleetLoader and one Renderer: what is the same is then told by its inputs.
struct Side {
  std::string name;  ///< as the user named it
  const Fleet& fleet;
  const Renderer::Plan& plan;
};

/// What a merge of `head` onto `base` would do. Renders the configs and scripts of machines whose inputs
/// differ, and no others. `left_out` machines are the same in both and in neither. Problems: of a config that
/// cannot be made.
tl::expected<Plan, Diagnostics> ComparePlans(const Side& base, const Side& head,
                                             const std::string& digest_key, size_t left_out = 0);

}  // namespace slipway::plan
