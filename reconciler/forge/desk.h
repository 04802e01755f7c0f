#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/forge/api.h"
#include "reconciler/forge/proposal.h"
#include "reconciler/forge/verdict.h"
#include "reconciler/forge/wanted.h"

namespace slipway::forge {

/// What a desk needs of the world around it.
struct DeskHooks {
  std::function<ApiResponse(const ApiRequest&)> call;  ///< asks the forge; may take as long as it takes
  std::function<void()> save;                          ///< the memory changed
  std::function<int64_t()> now;                        ///< Unix seconds
};

/// A comment for a pull request, and what it comes to in a few words.
struct PlanComment {
  std::string body;
  std::string outcome;
};

/// The sequences of requests behind each thing that Slipway tells a forge: each ends early where the forge
/// refuses, is down or wants a pause, and goes on there the next time. All that is done is in the memory, so
/// that nothing is done twice. Decides, and asks through its hooks alone; one thread.
class Desk {
 public:
  /// `marker` begins every comment of ours.
  Desk(const Api& api, ForgeStatus& memory, std::string marker, DeskHooks hooks)
      : api_(api), memory_(memory), marker_(std::move(marker)), hooks_(std::move(hooks)) {}

  /// Also of older commits that are settled now. One of those that the forge does not know any more (a branch
  /// was rewritten, and cleaned up) is forgotten.
  void SendStatuses(const WorkerStatus& worker, const std::string& page, const Contains& contains);

  /// The open pull requests onto a branch; nothing where the forge does not tell.
  std::optional<std::vector<Pull>> OpenPulls(const std::string& branch);

  /// Where they do not show the plan of merging them onto `base` (a commit), makes it and puts it there: one
  /// comment each, updated in place. A plan over which the process that makes them ended (kBug) is made once
  /// more, then given up. At most `most` plans.
  void CommentPulls(const std::vector<Pull>& pulls, const std::string& base, size_t most,
                    const std::function<Result<PlanComment>(const Pull&)>& plan);

  /// Adds a proposal to the memory.
  void Begin(Proposal proposal);
  /// Goes on with every proposal that waits: a branch off `base`, its file, the pull request.
  void MakeProposals(const std::string& base_branch, const std::string& base_commit);
  /// What became of those that are no longer among the open pull requests.
  void FollowProposals(const std::vector<Pull>& open);

  /// Work that the forge refused, and why; or that it puts off. "" forgets.
  enum class Work : uint8_t { kStatuses, kPulls, kComments, kProposals, kSeen };
  void SetProblem(Work work, const std::string& problem);

  /// Somebody asked: what was refused, or failed, is tried at once. A pause that the forge wants is kept.
  void TryAgain();

 private:
  using Answer = std::optional<ApiResponse>;
  Answer Ask(Work work, const ApiRequest& request, Verdict& verdict);
  bool Asks(Work work) const;
  void Garbage(Work work, const std::string& doing, const Error& error);
  bool PutComment(PullNote& note, const std::string& body);
  std::optional<int64_t> FindComment(int64_t number);
  bool MakeOne(Proposal& proposal, const std::string& base_branch, const std::string& base_commit);
  std::optional<std::vector<Pull>> PullsOf(const std::string& branch);
  void Adopt(Proposal& proposal, const Pull& pull);
  PullNote& NoteOf(const Pull& pull);

  const Api& api_;
  ForgeStatus& memory_;
  std::string marker_;
  DeskHooks hooks_;
  int failures_ = 0;
  std::map<Work, std::string> problems_;
  std::map<Work, int64_t> refused_until_;
  std::map<Work, int> refusals_;  ///< in a row
};

}  // namespace slipway::forge
