// How a walk's end is told: conditions, diagnostics, and a sentence for whoever asked.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "reconciler/daemon/conditions.h"
#include "reconciler/daemon/reconcile.h"

namespace slipway {
namespace {

constexpr size_t kMostDiagnostics = 1'000;

PassResult ResultOf(Reaction reaction) {
  return reaction == Reaction::kFixInput ? PassResult::kStalled : PassResult::kFailed;
}

}  // namespace

std::string Reconciler::CommitOf(const std::string& revision) {
  return revision.substr(revision.rfind(':') + 1);
}

void Reconciler::Begin(const char* step, std::chrono::milliseconds deadline) {
  hooks_.on_step(step, deadline);
}

void Reconciler::SetDiagnostics(Diagnostics diagnostics) {
  SortDiagnostics(diagnostics);
  status_.diagnostics_total = diagnostics.size();
  if (diagnostics.size() > kMostDiagnostics) {
    // Where not all can be shown, errors come before warnings.
    std::stable_partition(diagnostics.begin(), diagnostics.end(),
                          [](const Diagnostic& d) { return d.severity == Severity::kError; });
    diagnostics.resize(kMostDiagnostics);
  }
  status_.diagnostics = std::move(diagnostics);
}

void Reconciler::AddDiagnostics(const Diagnostics& more) {
  if (more.empty()) return;
  Diagnostics all = status_.diagnostics;
  all.insert(all.end(), more.begin(), more.end());
  SetDiagnostics(std::move(all));
}

void Reconciler::Set(const char* type, const char* state, const std::string& reason,
                     const std::string& message) {
  SetCondition(status_.conditions, {type, state, reason, message, hooks_.now(), status_.observed_revision});
}

tl::unexpected<Reconciler::Ended> Reconciler::EndOf(const Error& error, const char* condition,
                                                    const char* reason) {
  return tl::make_unexpected(Ended{ResultOf(error.reaction), false, condition, reason, error.message});
}

tl::unexpected<Reconciler::Ended> Reconciler::EndOf(const SourceError& error) {
  return tl::make_unexpected(Ended{ResultOf(error.error.reaction), false, "FetchFailed",
                                   std::string(ToString(error.reason)), error.error.message});
}

/// The revision is wrong: it is refused as a whole, and looked at again only when the branch moves.
tl::unexpected<Reconciler::Ended> Reconciler::Refuse(const char* condition, const char* reason) const {
  const auto first = std::find_if(status_.diagnostics.begin(), status_.diagnostics.end(),
                                  [](const Diagnostic& d) { return d.severity == Severity::kError; });
  std::string message = status_.last_attempted_revision + " is refused, " +
                        std::to_string(status_.diagnostics_total) +
                        (status_.diagnostics_total == 1 ? " problem" : " problems");
  if (first != status_.diagnostics.end()) message += ", the first: " + FormatText(*first);
  return tl::make_unexpected(Ended{PassResult::kStalled, true, condition, reason, std::move(message)});
}

Reconciler::Outcome Reconciler::Summarise(const Step<void>& walked) {
  for (const char* type : kStepConditions) ClearCondition(status_.conditions, type);
  Outcome outcome;
  outcome.interrupted = interrupted_;
  if (walked) {
    const bool pinned = !status_.pinned_revision.empty();
    outcome.message = pinned ? "pinned to " + status_.pinned_revision + ", " + status_.pinned_why +
                                   "; `slipway resume` unpins"
                             : "serving " + status_.last_applied_revision;
    Set("Ready", "True", pinned ? "Suspended" : "ReconciliationSucceeded", outcome.message);
    last_said_.clear();
    return outcome;
  }
  const Ended& ended = walked.error();
  outcome.result = ended.result;
  outcome.held = !status_.held.revision.empty();
  outcome.message = ended.message;
  if (ended.message != last_said_) {  // once, not at every poll
    spdlog::warn("reconcile.failed condition={} reason={} {}", ended.condition, ended.reason, ended.message);
    last_said_ = ended.message;
  }
  Set(ended.condition.c_str(), "True", ended.reason, ended.message);
  if (ended.result == PassResult::kStalled)
    Set("Stalled", "True", ended.reason, ended.message);
  else
    Set("Reconciling", "True", "ProgressingWithRetry", "it is tried again");
  Set("Ready", "False", ended.reason,
      ended.message + (status_.last_applied_revision.empty()
                           ? "; nothing is served yet"
                           : "; still serving " + status_.last_applied_revision));
  return outcome;
}

}  // namespace slipway
