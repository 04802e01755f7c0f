#include "reconciler/plan/brakes.h"

#include <algorithm>

#include "reconciler/guard/guard.h"
#include "reconciler/render/render_pass.h"

namespace slipway::plan {
namespace {

/// What a file is made of, without making it; nullptr where there is none.
const Sha256* InputsOf(const Renderer::Plan& plan, const std::string& path) {
  const auto& items = plan.tree.items;
  const auto found = std::lower_bound(items.begin(), items.end(), path,
                                      [](const RenderedItem& a, const std::string& b) { return a.path < b; });
  if (path.empty() || found == items.end() || found->path != path) return nullptr;
  return &plan.pass->planned[static_cast<size_t>(found - items.begin())].inputs;
}

}  // namespace

tl::expected<Brakes, Diagnostics> BrakesOf(const Side& base, const Side& head, size_t left_out) {
  const Guards& served = base.fleet.site->guards;
  const Guards& proposed = head.fleet.site->guards;
  const guard::Needs needs = guard::NeedsOf(served, proposed);
  Diagnostics problems;
  const auto differs = [&](const BootEntry& before, const BootEntry& after,
                           FileKind kind) -> Result<std::string> {
    const Sha256* was = InputsOf(base.plan, guard::PathOf(before, kind));
    const Sha256* now = InputsOf(head.plan, guard::PathOf(after, kind));
    if (!needs.Asks(before) || now == nullptr || (was != nullptr && *was == *now)) return std::string();
    std::string texts[2];
    if (was != nullptr) {
      const auto digest = Renderer::DigestOf(base.plan, guard::PathOf(before, kind));
      if (digest) texts[0] = digest->ToHex();
    }
    const auto digest = Renderer::DigestOf(head.plan, guard::PathOf(after, kind));
    if (!digest) {
      problems = digest.error();
      return FixInput("a file of " + after.node + " cannot be made");
    }
    texts[1] = digest->ToHex();
    return texts[0] == texts[1] ? std::string() : texts[0] + " > " + texts[1];
  };
  auto set = guard::Compare(base.plan.tree.header, head.plan.tree.header, differs);
  if (!set) return tl::make_unexpected(std::move(problems));
  set->machines_before += left_out;
  set->machines_after += left_out;
  Guards limits = served;
  Guards wanted = proposed;
  limits.windows.clear();
  wanted.windows.clear();
  wanted.acknowledge.clear();
  guard::Verdict verdict = guard::Judge(limits, wanted, *set, guard::Scope::kAll, 0);
  Brakes brakes;
  brakes.limits = std::move(verdict.limits);
  brakes.windows = guard::WindowsOf(served, proposed, *set);
  brakes.acknowledge = verdict.digest;
  brakes.acknowledged = !verdict.digest.empty() && proposed.acknowledge == verdict.digest;
  brakes.file = head.fleet.site->origin.file;
  return brakes;
}

}  // namespace slipway::plan
