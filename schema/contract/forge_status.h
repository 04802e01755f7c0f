#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "schema/contract/machine_facts.h"
#include "schema/fleet/result.h"

namespace slipway {

/// A commit status as the forge has it from us.
struct SentStatus {
  std::string commit;
  std::string state;  ///< pending, success, failure
  std::string description;
  int64_t at = 0;          ///< Unix seconds
  bool overtaken = false;  ///< refused with a newer one alone: what is served later may hold it
  bool operator==(const SentStatus&) const = default;
};

/// What is remembered of an open pull request.
struct PullNote {
  int64_t number = 0;
  std::string title;
  std::string url;
  std::string head;  ///< commits that the comment is about
  std::string base;
  int64_t comment = 0;  ///< id of ours; 0 before it is known
  std::string digest;   ///< of the comment's body
  std::string outcome;  ///< for people: "2 approved, 1 withdrawn", "would be refused: 3 problems", …
  bool operator==(const PullNote&) const = default;
};

enum class ProposalState : uint8_t { kWaiting, kOpen, kMerged, kDeclined };
std::string_view ToString(ProposalState state);  ///< "waiting", "open", "merged", "declined"

/// A machine that was, or is being, proposed.
struct Proposal {
  MachineFacts facts;
  std::string name;  ///< of the Node
  std::string address;
  std::string path;  ///< in the repository
  std::string text;  ///< of the file
  std::string title;
  std::string body;  ///< of the pull request
  std::string branch;
  ProposalState state = ProposalState::kWaiting;
  int64_t pull = 0;
  std::string url;
  int64_t at = 0;       ///< Unix seconds of the last change
  std::string problem;  ///< why it cannot be made, "" where nothing is wrong
  bool operator==(const Proposal&) const = default;
};

/// forge.json: what `slipway forge` did and remembers, replaced atomically. Its only writer is that process;
/// the daemon shows it.
struct ForgeStatus {
  int64_t written_at = 0;  ///< Unix seconds
  std::string kind;
  std::string repository;
  std::string problem;  ///< why the forge refuses or is not reached, and what to do; "" where all is well
  int64_t problem_since = 0;                 ///< Unix seconds
  int64_t not_before = 0;                    ///< Unix seconds: nothing is asked before
  std::map<std::string, uint64_t> requests;  ///< since the state began, by result: done, later, refused
  std::vector<SentStatus> statuses;          ///< oldest first, at most 64
  std::vector<PullNote> pulls;               ///< the open ones
  std::vector<Proposal> proposals;           ///< oldest first, at most 1,000
  bool operator==(const ForgeStatus&) const = default;

  /// The one of that machine, nullptr where it was never proposed.
  const Proposal* ProposalOf(const MachineFacts& facts) const;
};

std::string EncodeForgeStatus(const ForgeStatus& status);
Result<ForgeStatus> DecodeForgeStatus(std::string_view json);

inline constexpr std::string_view kForgeStatusName = "forge.json";

}  // namespace slipway
