#include "reconciler/trust/decide.h"

#include "reconciler/trust/accept_tag.h"
#include "schema/fleet/utf8.h"

namespace slipway::trust {
namespace {

bool Strays(const Question& q) {
  return q.descent == Descent::kElsewhere || q.descent == Descent::kServedGone;
}

std::string Short(const std::string& commit) { return commit.substr(0, 12); }

/// "main" of main@sha1:…; "" where no reference is followed.
std::string BranchOf(const std::string& revision) {
  const size_t at = revision.rfind('@');
  return at == std::string::npos ? "" : revision.substr(0, at);
}

/// Both ways to serve it all the same, ready to paste.
std::string HowToAccept(const Question& q) {
  const std::string tag = AcceptTagName(q.commit, q.baseline);
  return "To serve it all the same, run `slipway accept " + Short(q.commit) +
         "` on the daemon's host, or, with a key that is allowed, `git tag -s -m accepted " + tag + " " +
         q.commit + " && git push origin " + tag + "`";
}

/// The tags that do not count, and why.
struct TagAnswer {
  std::string accepted_by;
  std::string remark;
};

Result<TagAnswer> AskTags(const Question& q) {
  TagAnswer answer;
  for (const std::string& hash : q.tags) {
    const auto object = q.read(hash);
    if (!object && object.error().reaction == Reaction::kFixInput) {
      answer.remark += "; the tag " + hash + " does not count: " + object.error().message;
      continue;
    }
    if (!object) return tl::make_unexpected(object.error());
    const SignedObject split = SplitTag(*object);
    const TagHead head = ReadTagHead(split.payload);
    const std::string name = head.name.empty() ? hash : ForDisplay(head.name);
    if (!Accepts(head, q.commit, q.baseline)) {
      answer.remark += "; the tag " + name + " does not count: it is not named for this step";
      continue;
    }
    const auto verdict = q.verify(split, q.keys);
    if (!verdict) return Wrap("verifying the tag " + name, verdict.error());
    if (verdict->good()) {
      answer.accepted_by = verdict->signer + ", tag " + name;
      return answer;
    }
    answer.remark += "; the tag " + name + " does not count: it " + Why(*verdict);
  }
  return answer;
}

Decision Refuse(const Question& q, const char* reason, const std::string& why) {
  Decision decision;
  decision.reason = reason;
  decision.message = q.revision + " is refused: " + why;
  return decision;
}

Decision RefuseHistory(const Question& q) {
  std::string why = "it does not descend from the served " + q.baseline;
  if (q.descent == Descent::kServedGone) why += ", which the repository does not have any more";
  why += "; the branch was rewritten, moved back, or deleted and made anew";
  const std::string branch = BranchOf(q.revision);
  if (!branch.empty() && branch != "HEAD") {
    why += ". To put it back: `git push --force origin " + q.baseline + ":" + branch + "`";
  }
  return Refuse(q, "HistoryRewritten", why);
}

Decision RefuseSignature(const Question& q, const Judged& refused, size_t commits) {
  std::string why = "commit " + Short(refused.commit) + " \"" + refused.subject + "\" by " + refused.author +
                    " " + Why(refused.verdict) + "; " + std::string(WhatToDo(refused.verdict.finding));
  if (commits > 1) {
    why += " (one of " + std::to_string(commits) + " commits" +
           (q.baseline.empty() ? "" : " since " + Short(q.baseline)) + ")";
  }
  return Refuse(q, "VerificationError", why);
}

Result<Decision> JudgeRange(const Question& q) {
  std::vector<std::string> commits{q.commit};
  if (q.mode == Mode::kRange && q.descent != Descent::kFirst) {
    auto range = q.range();
    if (!range && range.error().reaction == Reaction::kFixInput) {
      return Refuse(q, "VerificationError", range.error().message);
    }
    if (!range) return tl::make_unexpected(range.error());
    if (!range->empty()) commits = std::move(*range);
  }
  const auto judged = JudgeCommits(commits, q.keys, q.read, q.verify, Depth::kFirstRefused, q.cache, q.now);
  if (!judged) return tl::make_unexpected(judged.error());
  const Judged& last = judged->back();
  if (!last.verdict.good()) return RefuseSignature(q, last, commits.size());
  Decision decision;
  decision.trusted = true;
  decision.signer = last.verdict.signer;
  for (const Judged& each : *judged) decision.signers[each.commit] = each.verdict.signer;
  return decision;
}

/// Who signed it, where that can be told: whether it is allowed was decided otherwise.
std::string SignerOf(const Question& q) {
  if (q.mode == Mode::kOff || q.keys.empty()) return {};
  const auto judged = JudgeCommits({q.commit}, q.keys, q.read, q.verify, Depth::kAll, q.cache, q.now);
  return judged && judged->back().verdict.good() ? judged->back().verdict.signer : "";
}

Decision Trust(const Question& q, const std::string& accepted_by) {
  Decision decision;
  decision.trusted = true;
  decision.accepted_by = accepted_by;
  decision.signer = SignerOf(q);
  return decision;
}

/// Without anybody's word for it.
Result<Decision> DecideByItself(const Question& q) {
  if (Strays(q) && q.rule == HistoryRule::kFastForward && !q.chosen_by_host) return RefuseHistory(q);
  return q.mode == Mode::kOff ? Trust(q, "") : JudgeRange(q);
}

/// All but `strays`.
Result<Decision> DecideTrust(const Question& q) {
  if (q.descent == Descent::kSame) return Trust(q, "");
  if (!q.accepted_by.empty()) return Trust(q, q.accepted_by);
  auto decision = DecideByItself(q);
  if (!decision || decision->trusted) return decision;
  const auto tags = AskTags(q);
  if (!tags) return tl::make_unexpected(tags.error());
  if (!tags->accepted_by.empty()) return Trust(q, tags->accepted_by);
  decision->message += tags->remark + ". " + HowToAccept(q);
  return decision;
}

}  // namespace

Result<Decision> Decide(const Question& q) {
  auto decision = DecideTrust(q);
  if (decision) decision->strays = Strays(q);
  return decision;
}

}  // namespace slipway::trust
