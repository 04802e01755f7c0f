#include "reconciler/forge/wanted.h"

#include <algorithm>

namespace slipway::forge {
namespace {

constexpr size_t kMostStatuses = 64;
constexpr const char* kNotJudgedYet = "Being checked and rendered";

const Condition* Find(const WorkerStatus& worker, std::string_view type) {
  const auto found = std::find_if(worker.conditions.begin(), worker.conditions.end(),
                                  [type](const Condition& c) { return c.type == type; });
  return found == worker.conditions.end() ? nullptr : &*found;
}

/// "nodes/worker-3.yaml:7 SW1203: …"; "" where the diagnostics are of another revision, or hold no error.
std::string FirstError(const WorkerStatus& worker) {
  if (worker.last_attempted_revision != worker.observed_revision) return {};
  for (const Diagnostic& d : worker.diagnostics) {
    if (d.severity != Severity::kError) continue;
    std::string text = d.file;
    if (d.mark.line > 0) text += ':' + std::to_string(d.mark.line);
    text += ' ' + CodeName(d.code) + ": " + d.message;
    const uint64_t others = worker.diagnostics_total > 1 ? worker.diagnostics_total - 1 : 0;
    return others == 0 ? text : "1 of " + std::to_string(others + 1) + ": " + text;
  }
  return {};
}

bool IsOpen(const SentStatus& known) {
  return known.state == ToString(CommitState::kPending) || known.overtaken;
}

/// What becomes of a commit that was not settled when `newest` was.
std::optional<CommitStatus> AfterOvertaking(const SentStatus& known, const CommitStatus& newest,
                                            const Contains& contains) {
  const std::string name = newest.commit.substr(0, 12);
  if (newest.state == CommitState::kFailure) {
    if (known.overtaken) return std::nullopt;
    return CommitStatus{known.commit, CommitState::kFailure,
                        "Overtaken by " + name + ", which is refused; served with the next one that is right",
                        newest.page, true};
  }
  if (newest.state != CommitState::kSuccess) return std::nullopt;
  const auto held = contains(newest.commit, known.commit);
  if (!held) return std::nullopt;
  if (*held)
    return CommitStatus{known.commit, CommitState::kSuccess, "Served as part of " + name, newest.page};
  return CommitStatus{known.commit, CommitState::kFailure,
                      "Not served: " + name + ", which is, does not contain it", newest.page};
}

}  // namespace

std::string CommitOf(const std::string& revision) {
  const size_t colon = revision.rfind(':');
  return colon == std::string::npos ? "" : revision.substr(colon + 1);
}

std::string BranchOf(const std::string& revision) {
  const size_t at = revision.rfind("@sha");
  return at == std::string::npos ? "" : revision.substr(0, at);
}

std::optional<CommitStatus> WantedStatus(const WorkerStatus& worker, const std::string& page) {
  CommitStatus status;
  status.commit = CommitOf(worker.observed_revision);
  status.page = page;
  if (status.commit.empty()) return std::nullopt;
  if (worker.last_applied_revision == worker.observed_revision && worker.pinned_revision.empty()) {
    status.state = CommitState::kSuccess;
    status.description = "Served";
    return status;
  }
  const Condition* ready = Find(worker, "Ready");
  if (ready == nullptr || ready->observed_revision != worker.observed_revision) {
    status.description = kNotJudgedYet;
    return status;
  }
  const Condition* stalled = Find(worker, "Stalled");
  if (stalled != nullptr && stalled->status == "True") {
    status.state = CommitState::kFailure;
    const std::string first = FirstError(worker);
    status.description = first.empty() ? stalled->message : first;
    return status;
  }
  status.description = ready->message;
  return status;
}

std::vector<CommitStatus> StatusesToSend(const ForgeStatus& memory, const WorkerStatus& worker,
                                         const std::string& page, const Contains& contains) {
  std::vector<CommitStatus> list;
  const auto wanted = WantedStatus(worker, page);
  if (!wanted) return list;
  const auto found =
      std::find_if(memory.statuses.begin(), memory.statuses.end(),
                   [&wanted](const SentStatus& known) { return known.commit == wanted->commit; });
  const SentStatus* sent = found == memory.statuses.end() ? nullptr : &*found;
  const bool same = sent != nullptr && sent->state == ToString(wanted->state) &&
                    (wanted->state == CommitState::kPending || sent->description == wanted->description);
  // A worker that was started again looks at everything again: what was said of it still holds.
  const bool again = sent != nullptr && wanted->description == kNotJudgedYet;
  if (!same && !again) list.push_back(*wanted);
  for (const SentStatus& known : memory.statuses) {
    if (known.commit == wanted->commit || !IsOpen(known)) continue;
    if (auto status = AfterOvertaking(known, *wanted, contains)) list.push_back(std::move(*status));
  }
  return list;
}

void NoteSent(ForgeStatus& memory, const CommitStatus& status, int64_t now) {
  std::erase_if(memory.statuses, [&status](const SentStatus& s) { return s.commit == status.commit; });
  memory.statuses.push_back(
      {status.commit, std::string(ToString(status.state)), status.description, now, status.overtaken});
  if (memory.statuses.size() <= kMostStatuses) return;
  const auto settled = std::find_if_not(memory.statuses.begin(), memory.statuses.end(), IsOpen);
  memory.statuses.erase(settled == memory.statuses.end() ? memory.statuses.begin() : settled);
}

}  // namespace slipway::forge
