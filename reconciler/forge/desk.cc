#include "reconciler/forge/desk.h"

#include <algorithm>

#include "schema/contract/sha256.h"

namespace slipway::forge {
namespace {

constexpr int kMostPages = 10;
/// The outcome of a pull request during whose plan the process ended, once: it may have been stopped for
/// another reason.
constexpr const char* kOnceMore = "the process that plans ended over this; it is planned once more";
constexpr const char* kNoPlan =
    "\n### Slipway: no plan\n\nThe process that reads pull requests ended over this one: it takes too much "
    "time or "
    "memory. The daemon's log says which. Nothing is served of it.\n";

}  // namespace

void Desk::SetProblem(Work work, const std::string& problem) {
  if (problem.empty()) {
    problems_.erase(work);
  } else {
    problems_[work] = problem;
  }
  std::string all;
  for (const auto& [which, text] : problems_) {
    if (all.find(text) == std::string::npos) all += (all.empty() ? "" : "; ") + text;
  }
  if (all == memory_.problem) return;
  if (all.empty() || memory_.problem.empty()) memory_.problem_since = all.empty() ? 0 : hooks_.now();
  memory_.problem = all;
  hooks_.save();
}

void Desk::TryAgain() {
  if (failures_ > 0) memory_.not_before = 0;
  refused_until_.clear();
}

bool Desk::Asks(Work work) const {
  const auto refused = refused_until_.find(work);
  const int64_t now = hooks_.now();
  return now >= memory_.not_before && (refused == refused_until_.end() || now >= refused->second);
}

Desk::Answer Desk::Ask(Work work, const ApiRequest& request, Verdict& verdict) {
  verdict = {Verdict::Kind::kLater, 0, ""};
  if (!Asks(work)) return std::nullopt;
  ApiResponse response = hooks_.call(request);
  const int64_t now = hooks_.now();
  verdict = Judge(request, response, now);
  if (verdict.not_before > now) memory_.not_before = verdict.not_before;
  switch (verdict.kind) {
    case Verdict::Kind::kDone:
    case Verdict::Kind::kExists:
    case Verdict::Kind::kGone:
      failures_ = 0;
      refusals_.erase(work);
      ++memory_.requests["done"];
      SetProblem(work, "");
      return response;
    case Verdict::Kind::kLater:
      ++memory_.requests["later"];
      if (verdict.not_before > now) {
        failures_ = 0;
      } else {
        memory_.not_before = now + BackOff(++failures_);
      }
      break;
    case Verdict::Kind::kRefused:
      ++memory_.requests["refused"];
      refused_until_[work] = now + BackOff(++refusals_[work]);  // Gitea answers 404 for a moment, too
      break;
  }
  SetProblem(work, verdict.message);
  hooks_.save();
  return std::nullopt;
}

void Desk::Garbage(Work work, const std::string& doing, const Error& error) {
  ++memory_.requests["garbage"];
  memory_.not_before = hooks_.now() + BackOff(++failures_);
  SetProblem(work, doing + ": " + error.message);
}

void Desk::SendStatuses(const WorkerStatus& worker, const std::string& page, const Contains& contains) {
  if (!Asks(Work::kStatuses)) return;
  for (const CommitStatus& status : StatusesToSend(memory_, worker, page, contains)) {
    Verdict verdict;
    if (Ask(Work::kStatuses, api_.SetStatus(status), verdict)) {
      NoteSent(memory_, status, hooks_.now());
    } else {
      const bool lost =
          verdict.kind == Verdict::Kind::kRefused && verdict.status != 401 && verdict.status != 403;
      if (!lost || status.commit == CommitOf(worker.observed_revision)) return;
      std::erase_if(memory_.statuses, [&status](const SentStatus& s) { return s.commit == status.commit; });
      refused_until_.erase(Work::kStatuses);
      refusals_.erase(Work::kStatuses);
      SetProblem(Work::kStatuses, "");
    }
    hooks_.save();
  }
}

std::optional<std::vector<Pull>> Desk::OpenPulls(const std::string& branch) {
  std::vector<Pull> all;
  for (int page = 1; page <= kMostPages; ++page) {
    const ApiRequest request = api_.ListOpenPulls(branch, page);
    Verdict verdict;
    const Answer answer = Ask(Work::kPulls, request, verdict);
    if (!answer) return std::nullopt;
    const auto pulls = api_.ReadPulls(answer->body);
    if (!pulls) {
      Garbage(Work::kPulls, request.doing, pulls.error());
      return std::nullopt;
    }
    std::copy_if(pulls->begin(), pulls->end(), std::back_inserter(all),
                 [&branch](const Pull& pull) { return pull.base_branch == branch; });
    if (!GoesOn(*answer, pulls->size(), api_.page_size())) break;
  }
  return all;
}

PullNote& Desk::NoteOf(const Pull& pull) {
  for (PullNote& note : memory_.pulls) {
    if (note.number == pull.number) return note;
  }
  PullNote note;
  note.number = pull.number;
  memory_.pulls.push_back(std::move(note));
  return memory_.pulls.back();
}

void Desk::CommentPulls(const std::vector<Pull>& pulls, const std::string& base, size_t most,
                        const std::function<Result<PlanComment>(const Pull&)>& plan) {
  std::erase_if(memory_.pulls, [&pulls](const PullNote& note) {
    return std::none_of(pulls.begin(), pulls.end(),
                        [&note](const Pull& p) { return p.number == note.number; });
  });
  for (const Pull& pull : pulls) {
    PullNote& note = NoteOf(pull);
    note.title = pull.title.substr(0, 256);
    note.url = pull.url;
    if (note.comment != 0 && note.head == pull.head && note.base == base) continue;
    if (most-- == 0 || !Asks(Work::kComments)) return;
    Result<PlanComment> made = plan(pull);
    if (!made && made.error().reaction == Reaction::kBug) {  // the process that plans ended
      made = note.outcome == kOnceMore
                 ? Result<PlanComment>(PlanComment{marker_ + kNoPlan, "could not be planned"})
                 : Retry(kOnceMore);
    }
    if (!made) note.outcome = made.error().message;
    hooks_.save();
    if (!made) continue;
    note.outcome = made->outcome;
    if (!PutComment(note, made->body)) return;
    note.head = pull.head;
    note.base = base;
    hooks_.save();
  }
}

std::optional<int64_t> Desk::FindComment(int64_t number) {
  for (int page = 1; page <= kMostPages; ++page) {
    const ApiRequest request = api_.ListComments(number, page);
    Verdict verdict;
    const Answer answer = Ask(Work::kComments, request, verdict);
    if (!answer) return std::nullopt;
    const auto comments = api_.ReadComments(answer->body);
    if (!comments) {
      Garbage(Work::kComments, request.doing, comments.error());
      return std::nullopt;
    }
    for (const Comment& comment : *comments) {
      if (comment.body.starts_with(marker_)) return comment.id;
    }
    if (!api_.comments_have_pages() || !GoesOn(*answer, comments->size(), api_.page_size())) break;
  }
  return 0;
}

bool Desk::PutComment(PullNote& note, const std::string& body) {
  const std::string digest = Sha256::Of(body).ToHex();
  if (note.comment != 0 && note.digest == digest) return true;
  int64_t id = note.comment;
  if (id == 0) {
    const auto found = FindComment(note.number);
    if (!found) return false;
    id = *found;
  }
  Verdict verdict;
  if (id != 0) {
    const Answer updated = Ask(Work::kComments, api_.UpdateComment(note.number, id, body), verdict);
    // Somebody else's that begins like ours, or one that was deleted: ours is made anew.
    const bool not_ours = verdict.kind == Verdict::Kind::kRefused && note.comment == 0;
    if (not_ours) refused_until_.erase(Work::kComments);
    if (!updated && !not_ours) return false;
    if (verdict.kind == Verdict::Kind::kGone || not_ours) id = 0;
  }
  if (id == 0) {
    const ApiRequest request = api_.AddComment(note.number, body);
    const Answer added = Ask(Work::kComments, request, verdict);
    if (!added) return false;
    const auto comment = api_.ReadComment(added->body);
    if (!comment) {
      Garbage(Work::kComments, request.doing, comment.error());
      return false;
    }
    id = comment->id;
  }
  note.comment = id;
  note.digest = digest;
  return true;
}

}  // namespace slipway::forge
