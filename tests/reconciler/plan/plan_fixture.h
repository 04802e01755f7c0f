#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "reconciler/plan/compare.h"
#include "reconciler/plan/walk.h"
#include "tests/reconciler/render/fleet_fixture.h"

namespace slipway::plan {

/// Two fleets out of one loader and one renderer, and what lies between them.
class Comparison {
 public:
  Comparison(const Files& base, const Files& head, secrets::Decryptor decryptor = {})
      : renderer_(std::move(decryptor)), base_(Load(base)), head_(Load(head)) {}

  tl::expected<Plan, Diagnostics> Run() {
    for (const Loaded* side : {&base_, &head_})
      if (!side->walked->plan) return tl::make_unexpected(side->walked->diagnostics);
    return ComparePlans({"base", *base_.walked->loaded.fleet, *base_.walked->plan},
                        {"head", *head_.walked->loaded.fleet, *head_.walked->plan}, "key");
  }

 private:
  struct Loaded {
    std::unique_ptr<SourceTree> tree;
    std::unique_ptr<const Walked> walked;
  };
  Loaded Load(const Files& files) {
    Loaded side;
    side.tree = MakeMemoryTree(files);
    side.walked = *Walk(*side.tree, loader_, renderer_);
    return side;
  }

  FleetLoader loader_;
  Renderer renderer_;
  Loaded base_;
  Loaded head_;
};

inline Plan PlanOf(const Files& base, const Files& head) {
  auto plan = Comparison(base, head).Run();
  EXPECT_TRUE(plan) << (plan ? "" : FormatText(plan.error().front()));
  return plan ? *std::move(plan) : Plan{};
}

}  // namespace slipway::plan
