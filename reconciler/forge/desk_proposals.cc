// Machines as pull requests: each step may find that it was made before, by a process that ended before it
// could say so.
#include <algorithm>

#include "reconciler/forge/desk.h"

namespace slipway::forge {
namespace {

constexpr size_t kMostProposals = 1'000;
constexpr int kMostPages = 5;

}  // namespace

void Desk::Begin(Proposal proposal) {
  std::erase_if(memory_.proposals,
                [&proposal](const Proposal& known) { return SameMachine(known.facts, proposal.facts); });
  if (memory_.proposals.size() >= kMostProposals) {
    const auto settled = std::find_if(memory_.proposals.begin(), memory_.proposals.end(),
                                      [](const Proposal& p) { return p.state == ProposalState::kMerged; });
    memory_.proposals.erase(settled == memory_.proposals.end() ? memory_.proposals.begin() : settled);
  }
  memory_.proposals.push_back(std::move(proposal));
  hooks_.save();
}

std::optional<std::vector<Pull>> Desk::PullsOf(const std::string& branch) {
  std::vector<Pull> all;
  for (int page = 1; page <= kMostPages; ++page) {
    const ApiRequest request = api_.ListPullsOf(branch, page);
    Verdict verdict;
    const Answer answer = Ask(Work::kProposals, request, verdict);
    if (!answer) return std::nullopt;
    const auto pulls = api_.ReadPulls(answer->body);
    if (!pulls) {
      Garbage(Work::kProposals, request.doing, pulls.error());
      return std::nullopt;
    }
    std::copy_if(pulls->begin(), pulls->end(), std::back_inserter(all), [&branch](const Pull& pull) {
      return !pull.from_fork && pull.head_branch.ends_with(branch);
    });
    if (!GoesOn(*answer, pulls->size(), api_.page_size())) break;
  }
  return all;
}

void Desk::Adopt(Proposal& proposal, const Pull& pull) {
  proposal.pull = pull.number;
  proposal.url = pull.url;
  proposal.problem.clear();
  proposal.state = pull.state == PullState::kOpen     ? ProposalState::kOpen
                   : pull.state == PullState::kMerged ? ProposalState::kMerged
                                                      : ProposalState::kDeclined;
  proposal.at = hooks_.now();
  hooks_.save();
}

bool Desk::MakeOne(Proposal& proposal, const std::string& base_branch, const std::string& base_commit) {
  const auto known = PullsOf(proposal.branch);
  if (!known) return false;
  if (!known->empty()) {  // the state directory was lost, or the last answer was
    const auto open =
        std::find_if(known->begin(), known->end(), [](const Pull& p) { return p.state == PullState::kOpen; });
    Adopt(proposal, open == known->end() ? known->front() : *open);
    return true;
  }
  Verdict verdict;
  if (!Ask(Work::kProposals, api_.MakeBranch(proposal.branch, base_commit), verdict)) return false;
  if (!Ask(Work::kProposals, api_.AddFile(proposal.branch, proposal.path, proposal.text, proposal.title),
           verdict))
    return false;
  const ApiRequest request = api_.OpenPull({proposal.branch, base_branch, proposal.title, proposal.body});
  const Answer opened = Ask(Work::kProposals, request, verdict);
  if (!opened) return false;
  if (verdict.kind == Verdict::Kind::kExists) return true;  // found by its branch the next time
  const auto pull = api_.ReadPull(opened->body);
  if (!pull) {
    Garbage(Work::kProposals, request.doing, pull.error());
    return false;
  }
  Adopt(proposal, *pull);
  return true;
}

void Desk::MakeProposals(const std::string& base_branch, const std::string& base_commit) {
  for (Proposal& proposal : memory_.proposals) {
    if (proposal.state != ProposalState::kWaiting) continue;
    if (!MakeOne(proposal, base_branch, base_commit)) return;
  }
}

void Desk::FollowProposals(const std::vector<Pull>& open) {
  for (Proposal& proposal : memory_.proposals) {
    if (proposal.state != ProposalState::kOpen) continue;
    const bool still = std::any_of(open.begin(), open.end(),
                                   [&proposal](const Pull& p) { return p.number == proposal.pull; });
    if (still) continue;
    const ApiRequest request = api_.GetPull(proposal.pull);
    Verdict verdict;
    const Answer answer = Ask(Work::kProposals, request, verdict);
    if (!answer) return;
    const auto pull = api_.ReadPull(answer->body);
    if (!pull) return Garbage(Work::kProposals, request.doing, pull.error());
    Adopt(proposal, *pull);
  }
}

}  // namespace slipway::forge
