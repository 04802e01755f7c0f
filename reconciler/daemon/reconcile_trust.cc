// Whether a revision may be loaded at all: its history, its signatures, and what somebody accepted.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "reconciler/daemon/conditions.h"
#include "reconciler/daemon/reconcile.h"

namespace slipway {
namespace {

constexpr std::chrono::seconds kVerifying{120};  ///< between two words; one signature takes milliseconds

}  // namespace

/// What a verdict on a revision rests on, besides what is served: its commit, and the tags that may accept
/// it.
std::string Reconciler::KeyOf(const Revision& revision) {
  std::string key = revision.commit;
  for (const std::string& tag : revision.tags) key += ' ' + tag;
  return key;
}

TrustGate::Served Reconciler::Served() const {
  const Generation* current = publisher_.current();
  return {current == nullptr ? TrustBase{} : TrustBaseOf(current->revision),
          ReadAcceptance(publisher_.state())};
}

Reconciler::Step<trust::Decision> Reconciler::Trust(const Revision& revision) {
  Begin("trust", kVerifying);
  auto decision = gate_.Check(revision, Served(), hooks_.now(), [this] { Begin("trust", kVerifying); });
  if (!decision) {
    NoteSignatures("Unknown", "VerificationError", decision.error().message);
    return EndOf(decision.error(), "VerificationFailed", "VerificationError");
  }
  const Generation* current = publisher_.current();
  const bool served = current != nullptr && current->revision.commit == revision.commit;
  if (served && decision->trusted) {  // known since then
    if (decision->signer.empty()) decision->signer = current->revision.signer;
    decision->accepted_by = current->revision.accepted_by;
  }
  NoteTrust(revision, *decision);
  if (!served && !decision->accepted_by.empty()) {
    spdlog::warn("reconcile.accepted revision={} by=\"{}\"", revision.name, decision->accepted_by);
  }
  if (!decision->trusted) {
    SetDiagnostics({});  // those of a revision before: this one was not read
    const bool rewritten = decision->reason == "HistoryRewritten";
    return tl::make_unexpected(Ended{PassResult::kStalled, true,
                                     rewritten ? "HistoryRewritten" : "VerificationFailed", decision->reason,
                                     decision->message});
  }
  return std::move(*decision);
}

void Reconciler::NoteSignatures(const char* state, const std::string& reason, const std::string& message) {
  if (config_.source.verify.mode != trust::Mode::kOff) Set("SourceVerified", state, reason, message);
}

void Reconciler::NoteTrust(const Revision& revision, const trust::Decision& decision) {
  const bool accepted = !decision.accepted_by.empty();
  if (!decision.strays || (decision.trusted && accepted)) {
    ClearCondition(status_.conditions, "HistoryRewritten");
  } else if (decision.trusted) {
    const std::string message = revision.name + " does not descend from the served " + Served().base.commit +
                                ": the branch was rewritten or moved back. It is served all the same, as " +
                                (config_.source.commit.empty() ? "source.verify.history" : "source.commit") +
                                " says.";
    spdlog::warn("reconcile.history_rewritten {}", message);
    Set("HistoryRewritten", "True", "HistoryRewritten", message);
  }
  if (!decision.trusted) return NoteSignatures("False", decision.reason, decision.message);
  if (accepted) {
    NoteSignatures("True", "Succeeded", revision.name + " is accepted by " + decision.accepted_by);
  } else if (!decision.signer.empty()) {
    NoteSignatures("True", "Succeeded", revision.name + " is signed by " + decision.signer);
  } else {
    NoteSignatures(
        "False", "VerificationError",
        revision.name + " is served since before signatures were asked for; the next revision needs them");
  }
}

Reconciler::Outcome Reconciler::Accept(const std::string& which, const std::string& by) {
  const auto stalled = [](std::string message) {
    return Outcome{PassResult::kStalled, false, std::move(message)};
  };
  if (which.size() < 7 || which.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return stalled("'" + which + "' is no commit: write at least 7 digits of its hash, in lower case");
  }
  const auto revision = Fetch();
  if (!revision) return {revision.error().result, false, revision.error().message};
  if (!revision->commit.starts_with(which)) {
    return stalled("the newest revision is " + revision->name + ", not " + which +
                   ": look at what it changes, then accept that one");
  }
  TrustGate::Served served = Served();
  served.acceptance.reset();
  Begin("trust", kVerifying);
  const auto decision = gate_.Check(*revision, served, hooks_.now(), [this] { Begin("trust", kVerifying); });
  if (decision && decision->trusted) return {};  // there is nothing to accept
  const auto written =
      WriteAcceptance(publisher_.state(), {revision->commit, served.base.commit, hooks_.now(), by});
  if (!written) return {PassResult::kFailed, false, written.error().message};
  settled_.clear();
  refusal_.reset();
  return {};
}

}  // namespace slipway
