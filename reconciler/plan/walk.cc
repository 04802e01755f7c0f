#include "reconciler/plan/walk.h"

namespace slipway::plan {

Result<std::unique_ptr<const Walked>> Walk(const SourceTree& tree, FleetLoader& loader, Renderer& renderer) {
  auto loaded = loader.Load(tree);
  if (!loaded) return tl::make_unexpected(loaded.error());
  auto walked = std::make_unique<Walked>();
  walked->loaded = std::move(*loaded);
  walked->diagnostics = walked->loaded.diagnostics;
  if (!walked->loaded.fleet) return walked;
  auto outcome = renderer.MakePlan(*walked->loaded.fleet, tree);
  if (!outcome) return tl::make_unexpected(outcome.error());
  walked->diagnostics.insert(walked->diagnostics.end(), outcome->diagnostics.begin(),
                             outcome->diagnostics.end());
  SortDiagnostics(walked->diagnostics);
  walked->plan = std::move(outcome->plan);
  return walked;
}

}  // namespace slipway::plan
