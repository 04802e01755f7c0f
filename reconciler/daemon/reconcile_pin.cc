// Rollback and resume: going back to a kept generation without Git.
#include <spdlog/spdlog.h>

#include <utility>

#include "reconciler/daemon/reconcile.h"

namespace slipway {

Reconciler::Step<void> Reconciler::ReadPinned() {
  auto pin = ReadPin(publisher_.state());
  if (!pin) return EndOf(pin.error(), "PublishFailed", "Suspended");
  status_.pinned_revision = *pin ? (*pin)->revision : "";
  if (!*pin) return {};
  // After a crash between the pin and its generation: what was asked for is done now.
  const Generation* current = publisher_.current();
  if (current != nullptr && current->revision.revision == (*pin)->revision) return {};
  return KeepPinned(**pin, nullptr);
}

/// Machines that a newer revision withdraws are withdrawn from the pinned one too.
Reconciler::Step<void> Reconciler::WithdrawFromPinned(const Renderer::Plan& plan) {
  const auto pin = ReadPin(publisher_.state());
  if (!pin || !*pin) return {};
  auto kept = KeepPinned(**pin, (*pin)->include_withdrawn ? nullptr : &plan.tree.header.boot);
  if (kept) settled_commit_ = CommitOf(status_.last_attempted_revision);
  return kept;
}

Reconciler::Step<void> Reconciler::KeepPinned(const Pin& pin, const std::vector<BootEntry>* approved) {
  Begin("pin", std::chrono::seconds(120));
  const auto applied = ApplyPin(publisher_, pin, hooks_.now(), approved);
  if (!applied) return EndOf(applied.error(), "PublishFailed", "StorageOperationFailed");
  if (applied->published.change == Published::Change::kNew) NoteRolledBack(*applied);
  return {};
}

void Reconciler::NoteRolledBack(const RolledBack& rolled_back) {
  status_.pinned_revision = rolled_back.pin.revision;
  status_.last_applied_revision = rolled_back.published.revision.revision;
  settled_commit_.clear();  // the newest revision is looked at again, and published once unpinned
  spdlog::warn("reconcile.rolled_back revision={} by={} left_out={}", rolled_back.pin.revision,
               rolled_back.pin.by, rolled_back.withdrawn.size());
  hooks_.on_published();
}

Reconciler::Outcome Reconciler::Rollback(const std::string& which, const std::string& by,
                                         Withdrawn withdrawn) {
  Begin("rollback", std::chrono::seconds(120));
  RollbackRequest request;
  request.wanted = which;
  request.withdrawn = withdrawn;
  request.by = by;
  request.now = hooks_.now();
  const auto done = RollBack(publisher_, request);
  if (!done) {
    const bool stalled = done.error().reaction == Reaction::kFixInput;
    return {stalled ? PassResult::kStalled : PassResult::kFailed, false, done.error().message};
  }
  NoteRolledBack(*done);
  std::string message = "serving " + done->pin.revision + " until `slipway resume`";
  if (!done->withdrawn.empty()) {
    message += "; machines withdrawn since stay withdrawn:";
    for (const BootEntry& entry : done->withdrawn)
      message += ' ' + entry.node + " (" + entry.mac.ToColons() + ')';
  }
  return {PassResult::kSucceeded, false, std::move(message)};
}

Reconciler::Outcome Reconciler::Resume() {
  if (status_.pinned_revision.empty()) {
    const auto pin = ReadPin(publisher_.state());
    if (pin && !*pin) return {PassResult::kStalled, false, "nothing is pinned"};
  }
  if (const auto pin = ReadPin(publisher_.state()); pin && *pin) accepted_ = (*pin)->accepted;
  if (const auto removed = RemovePin(publisher_.state()); !removed) {
    return {PassResult::kFailed, false, removed.error().message};
  }
  status_.pinned_revision.clear();
  settled_commit_.clear();
  spdlog::info("reconcile.resumed");
  return {};
}

/// After `resume`, when the newest revision is refused: what was served before the rollback is served again.
void Reconciler::RestoreAccepted() {
  Pin pin;
  pin.generation = std::exchange(accepted_, {});
  pin.include_withdrawn = true;
  const auto restored = ApplyPin(publisher_, pin, hooks_.now());
  if (!restored) return spdlog::warn("reconcile.restore {}", restored.error().message);
  status_.last_applied_revision = restored->published.revision.revision;
  if (restored->published.change == Published::Change::kNew) hooks_.on_published();
}

}  // namespace slipway
