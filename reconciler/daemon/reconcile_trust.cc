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
  ClearCondition(status_.conditions, "HistoryRewritten");
  ClearCondition(status_.conditions, "SourceVerified");
  auto decision = gate_.Check(revision, Served(), hooks_.now(), [this] { Begin("trust", kVerifying); });
  if (!decision) return EndOf(decision.error(), "VerificationFailed", "VerificationError");
  NoteTrust(revision, *decision);
  if (decision->trusted) {
    const Generation* current = publisher_.current();
    if (current != nullptr && current->revision.commit == revision.commit) {  // known since it was served
      if (decision->signer.empty()) decision->signer = current->revision.signer;
      decision->accepted_by = current->revision.accepted_by;
    }
    return std::move(*decision);
  }
  const char* condition = decision->reason == "HistoryRewritten" ? "HistoryRewritten" : "VerificationFailed";
  return tl::make_unexpected(
      Ended{PassResult::kStalled, true, condition, decision->reason, decision->message});
}

void Reconciler::NoteTrust(const Revision& revision, const trust::Decision& decision) {
  const bool verifies = config_.source.verify.mode != trust::Mode::kOff;
  if (!decision.trusted) {
    if (verifies) Set("SourceVerified", "False", decision.reason, decision.message);
    return;
  }
  if (!decision.accepted_by.empty()) {
    spdlog::warn("reconcile.accepted revision={} by=\"{}\"", revision.name, decision.accepted_by);
  } else if (decision.strays) {
    const std::string message = revision.name + " does not descend from the served " + Served().base.commit +
                                ": the branch was rewritten or moved back. It is served all the same, as " +
                                (config_.source.commit.empty() ? "source.verify.history" : "source.commit") +
                                " says.";
    spdlog::warn("reconcile.history_rewritten {}", message);
    Set("HistoryRewritten", "True", "HistoryRewritten", message);
  }
  if (!verifies) return;
  const std::string who =
      decision.accepted_by.empty() ? "signed by " + decision.signer : "accepted by " + decision.accepted_by;
  Set("SourceVerified", "True", "Succeeded", revision.name + " is " + who);
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
