// Rollback and resume: going back to a kept generation without Git.
#include <spdlog/spdlog.h>

#include <utility>

#include "reconciler/daemon/merged_range.h"
#include "reconciler/daemon/reconcile.h"
#include "reconciler/status/view.h"

namespace slipway {
namespace {

/// "by a rollback of root", "suspended by root until 2026-12-24 08:00 UTC: moving racks".
std::string WhyPinned(const Pin& pin) {
  std::string why = pin.by.empty() ? "" : "by a rollback of " + pin.by;
  if (!pin.suspended) return why;
  const Suspension& suspended = *pin.suspended;
  return why + (why.empty() ? "" : ", ") + "suspended by " + suspended.by +
         (suspended.until == 0 ? "" : " until " + UtcTime(suspended.until)) + ": " + suspended.reason;
}

}  // namespace

Reconciler::Step<void> Reconciler::ReadPinned() {
  auto pin = ReadPin(publisher_.state());
  if (!pin) return EndOf(pin.error(), "PublishFailed", "Suspended");
  suspended_until_ = *pin && (*pin)->suspended ? (*pin)->suspended->until : 0;
  if (suspended_until_ != 0 && suspended_until_ <= hooks_.now()) return EndSuspension(std::move(**pin));
  status_.pinned_revision = *pin ? (*pin)->revision : "";
  status_.pinned_why = *pin ? WhyPinned(**pin) : "";
  if (!*pin) return {};
  // After a crash between the pin and its generation: what was asked for is done now.
  const Generation* current = publisher_.current();
  if (current != nullptr && current->revision.revision == (*pin)->revision) return {};
  return KeepPinned(**pin, {hooks_.now(), WhoPinned(**pin), nullptr, {}});
}

/// Its time is over. A rollback beneath it stays.
Reconciler::Step<void> Reconciler::EndSuspension(Pin pin) {
  spdlog::info("reconcile.suspension_over by={} reason={}", pin.suspended->by, pin.suspended->reason);
  suspended_until_ = 0;
  if (pin.by.empty()) {
    if (auto ended = Unpin(pin); !ended) return EndOf(ended.error(), "PublishFailed", "Suspended");
    return {};
  }
  pin.suspended.reset();
  if (auto kept = WritePin(publisher_.state(), pin); !kept)
    return EndOf(kept.error(), "PublishFailed", "Suspended");
  return ReadPinned();
}

/// What was accepted before is what the next revision is measured by.
Result<void> Reconciler::Unpin(const Pin& pin) {
  if (auto removed = RemovePin(publisher_.state()); !removed) return removed;
  ended_ = pin;
  status_.pinned_revision.clear();
  status_.pinned_why.clear();
  settled_.clear();
  return {};
}

Reconciler::Outcome Reconciler::Suspend(const std::string& reason, const std::string& by, int64_t seconds) {
  const auto before = ReadPin(publisher_.state());
  if (!before) return {PassResult::kStalled, false, before.error().message};
  const Generation* current = publisher_.current();
  if (current == nullptr) return {PassResult::kStalled, false, "nothing is served yet that could be kept"};
  const int64_t now = hooks_.now();
  Pin pin =
      before->value_or(Pin{current->revision.revision, current->name, current->name, now, "", false, {}, {}});
  pin.suspended = Suspension{reason, by, seconds > 0 ? now + seconds : 0};
  if (auto written = WritePin(publisher_.state(), pin); !written)
    return {PassResult::kFailed, false, written.error().message};
  settled_.clear();
  spdlog::warn("reconcile.suspended revision={} by={} until={} reason={}", pin.revision, by,
               pin.suspended->until, reason);
  return {PassResult::kSucceeded, false, WhyPinned(pin)};
}

/// Machines that a newer revision withdraws are withdrawn from the pinned one too.
Reconciler::Step<void> Reconciler::WithdrawFromPinned(const Revision& revision, const Renderer::Plan& plan) {
  auto pin = ReadPin(publisher_.state());
  if (!pin || !*pin) return {};
  const auto accepted = Accepted();
  if (!accepted) return EndOf(accepted.error(), "PublishFailed", "StorageOperationFailed");
  const std::vector<BootEntry>& approved = plan.tree.header.boot;
  auto withdrawn = *accepted ? WithdrawnFrom((*accepted)->manifest.boot, approved) : std::vector<Mac>();
  if (withdrawn != (*pin)->withdrawn) {  // first: it must not be forgotten when the pin is ended
    (*pin)->withdrawn = std::move(withdrawn);
    if (auto written = WritePin(publisher_.state(), **pin); !written)
      return EndOf(written.error(), "PublishFailed", "StorageOperationFailed");
  }
  const std::string base = *accepted ? TrustBaseOf((*accepted)->revision).commit : "";
  auto kept =
      KeepPinned(**pin, {hooks_.now(), WhoPinned(**pin), (*pin)->include_withdrawn ? nullptr : &approved,
                         MergedRange(source_, revision, base, {}, true)});
  if (kept) settled_ = attempted_;
  return kept;
}

Reconciler::Step<void> Reconciler::KeepPinned(const Pin& pin, const PinChange& change) {
  Begin("pin", std::chrono::seconds(120));
  const auto applied = ApplyPin(publisher_, pin, change);
  if (!applied) return EndOf(applied.error(), "PublishFailed", "StorageOperationFailed");
  if (applied->published.change == Published::Change::kNew) NoteRolledBack(*applied);
  return {};
}

void Reconciler::NoteRolledBack(const RolledBack& rolled_back) {
  status_.pinned_revision = rolled_back.pin.revision;
  status_.last_applied_revision = rolled_back.published.revision.revision;
  settled_.clear();  // the newest revision is looked at again, and published once unpinned
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
  const auto pin = ReadPin(publisher_.state());
  const Pin ended = pin ? pin->value_or(Pin{}) : Pin{};
  if (const auto removed = Unpin(ended); !removed)
    return {PassResult::kFailed, false, removed.error().message};
  spdlog::info("reconcile.resumed");
  return {};
}

/// When the newest revision cannot be served after the end of a pin: what was served before it is served
/// again, but for the machines that were withdrawn meanwhile.
void Reconciler::RestoreAccepted(Pin ended) {
  if (ended.accepted.empty()) return;
  ended.generation = ended.accepted;
  ended.include_withdrawn = false;
  const auto restored =
      ApplyPin(publisher_, ended, {hooks_.now(), "the end of " + WhoPinned(ended), nullptr, {}});
  if (!restored) return spdlog::warn("reconcile.restore {}", restored.error().message);
  status_.last_applied_revision = restored->published.revision.revision;
  if (restored->published.change == Published::Change::kNew) hooks_.on_published();
}

}  // namespace slipway
