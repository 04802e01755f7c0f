// The brakes of the Site: a revision that does too much at once, or at the wrong time, is held.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "reconciler/daemon/conditions.h"
#include "reconciler/daemon/reconcile.h"
#include "reconciler/guard/guard.h"
#include "schema/contract/guards_text.h"

namespace slipway {
namespace {

constexpr size_t kMostChanges = 200;

/// Digests of what is served beside those of the planned files.
guard::FileDifference DifferenceOf(const Manifest& served, const Renderer::Plan& plan, guard::Needs needs) {
  return [&served, &plan, needs](const BootEntry& before, const BootEntry& after,
                                 FileKind kind) -> Result<std::string> {
    const std::string& path = guard::PathOf(after, kind);
    if (!needs.Asks(before) || path.empty()) return std::string();
    const auto now = Renderer::DigestOf(plan, path);
    if (!now) return FixInput("a file of " + after.node + " cannot be made");
    const FileEntry* was = served.FindFile(guard::PathOf(before, kind));
    if (was != nullptr && was->digest == *now) return std::string();
    return (was == nullptr ? std::string() : was->digest.ToHex()) + " > " + now->ToHex();
  };
}

/// Guards that nobody can read let nothing pass that was not acknowledged.
Guards GuardsOf(const Generation& served) {
  if (auto guards = DecodeGuards(served.revision.guards)) return std::move(*guards);
  spdlog::warn(
      "reconcile.guards those of {} cannot be read: the strictest count until its successor is served",
      served.name);
  Guards strictest;
  strictest.max_withdrawn = 0;
  strictest.max_control_planes = 0;
  return strictest;
}

}  // namespace

/// Machines are measured by what was last accepted; during a rollback, and when it has just ended, that is
/// not what is served.
Result<std::optional<Generation>> Reconciler::Accepted() {
  std::string name = ended_ ? ended_->accepted : "";
  if (name.empty()) {
    const auto pin = ReadPin(publisher_.state());
    if (pin && *pin) name = (*pin)->accepted;
  }
  if (!name.empty()) {
    if (auto accepted = LoadGeneration(publisher_.state(), name)) return std::optional(std::move(*accepted));
  }
  const Generation* current = publisher_.current();
  return current == nullptr ? std::nullopt : std::optional(*current);
}

Reconciler::Step<void> Reconciler::Brake(const Fleet& fleet, const Renderer::Plan& plan) {
  Begin("guard", std::chrono::seconds(120));
  const auto accepted = Accepted();
  if (!accepted) return EndOf(accepted.error(), "PublishFailed", "StorageOperationFailed");
  if (!*accepted) return {};
  const Manifest& served = (*accepted)->manifest;
  const Guards before = GuardsOf(**accepted);
  const Guards& proposed = fleet.site->guards;
  const auto set =
      guard::Compare(served, plan.tree.header, DifferenceOf(served, plan, guard::NeedsOf(before, proposed)));
  if (!set) {
    if (auto checked = CheckFiles(plan); !checked) return checked;
    return EndOf(set.error(), "RenderFailed", "BuildFailed");
  }
  const bool pinned = !status_.pinned_revision.empty();
  const guard::Verdict verdict = guard::Judge(
      before, proposed, *set, pinned ? guard::Scope::kWithdrawals : guard::Scope::kAll, hooks_.now());
  if (!verdict.held()) return {};
  if (auto checked = CheckFiles(plan); !checked) return checked;  // what is wrong comes before what is much
  return Hold(verdict, *set);
}

Reconciler::Step<void> Reconciler::Hold(const guard::Verdict& verdict, const guard::ChangeSet& set) {
  HeldRevision& held = status_.held;
  held.revision = status_.last_attempted_revision;
  held.reasons = verdict.limits;
  held.reasons.insert(held.reasons.end(), verdict.windows.begin(), verdict.windows.end());
  held.acknowledge = verdict.limits.empty() ? "" : verdict.digest;
  held.opens_at = verdict.limits.empty() ? verdict.opens_at.value_or(0) : 0;
  for (const guard::Change& change : set.changes) {
    if (held.changes.size() == kMostChanges) break;
    held.changes.push_back(guard::ToString(change));
  }
  std::string message = held.revision + " is held: ";
  for (size_t i = 0; i < held.reasons.size(); ++i) message += (i == 0 ? "" : "; ") + held.reasons[i];
  if (verdict.limits.empty()) {
    // The clock decides. Where no opening is known it is asked at every look.
    return tl::make_unexpected(Ended{PassResult::kSucceeded, verdict.opens_at.has_value(), "Held",
                                     "OutsideWindow", message, verdict.opens_at});
  }
  message +=
      ". If that is meant, acknowledge it in the same pull request: in the Site, `spec: {guards: "
      "{acknowledge: " +
      verdict.digest + "}}`";
  return tl::make_unexpected(Ended{PassResult::kStalled, true, "Held", "GuardsExceeded", message});
}

}  // namespace slipway
