#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "reconciler/plan/compare.h"
#include "tests/reconciler/render/fleet_fixture.h"

namespace slipway::plan {

/// Two fleets out of one loader and one renderer, and what lies between them.
class Comparison {
 public:
  Comparison(const Files& base, const Files& head, secrets::Decryptor decryptor = {})
      : renderer_(std::move(decryptor)), base_(Load(base)), head_(Load(head)) {}

  tl::expected<Plan, Diagnostics> Run() {
    if (!base_.plan || !head_.plan) return tl::make_unexpected(problems_);
    return ComparePlans({"base", *base_.loaded.fleet, *base_.plan},
                        {"head", *head_.loaded.fleet, *head_.plan}, "key");
  }

 private:
  struct Loaded {
    std::unique_ptr<SourceTree> tree;
    LoadOutcome loaded;
    std::optional<Renderer::Plan> plan;
  };
  Loaded Load(const Files& files) {
    Loaded side;
    side.tree = MakeMemoryTree(files);
    auto loaded = loader_.Load(*side.tree);
    EXPECT_TRUE(loaded);
    side.loaded = std::move(*loaded);
    if (!side.loaded.fleet) {
      problems_ = side.loaded.diagnostics;
      return side;
    }
    auto outcome = renderer_.MakePlan(*side.loaded.fleet, *side.tree);
    EXPECT_TRUE(outcome);
    if (!outcome->plan) problems_ = outcome->diagnostics;
    side.plan = std::move(outcome->plan);
    return side;
  }

  FleetLoader loader_;
  Renderer renderer_;
  Diagnostics problems_;
  Loaded base_;
  Loaded head_;
};

inline Plan PlanOf(const Files& base, const Files& head) {
  auto plan = Comparison(base, head).Run();
  EXPECT_TRUE(plan) << (plan ? "" : FormatText(plan.error().front()));
  return plan ? *std::move(plan) : Plan{};
}

}  // namespace slipway::plan
