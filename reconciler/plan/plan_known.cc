#include "reconciler/plan/plan_known.h"

#include "reconciler/plan/compare.h"
#include "reconciler/plan/narrow.h"

namespace slipway::plan {

std::optional<Plan> PlanKnown(const KnownFleet& known, const TreeSide& base, const TreeSide& head,
                              FleetLoader& loader, Renderer& renderer, const std::string& digest_key) {
  const auto narrowing = Narrowing::Of(known, base.tree, head.tree);
  if (!narrowing) return std::nullopt;
  const auto walk = [&](const SourceTree& tree) -> std::unique_ptr<const Walked> {
    auto walked = Walk(tree, loader, renderer);
    if (!walked || !(*walked)->plan) return nullptr;
    return narrowing->Holds(*(*walked)->loaded.fleet, *(*walked)->plan->pass) ? std::move(*walked) : nullptr;
  };
  const auto before = walk(narrowing->base());
  if (before == nullptr) return std::nullopt;
  const auto after = walk(narrowing->head());
  if (after == nullptr) return std::nullopt;
  auto made =
      ComparePlans({base.name, *before->loaded.fleet, *before->plan},
                   {head.name, *after->loaded.fleet, *after->plan}, digest_key, narrowing->left_out());
  if (!made) return std::nullopt;
  return std::move(*made);
}

}  // namespace slipway::plan
