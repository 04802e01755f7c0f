#pragma once

#include <string>
#include <vector>

#include "schema/contract/forge_status.h"
#include "schema/contract/new_node.h"

/// Unknown machines as pull requests. Pure.
namespace slipway::forge {

/// Proposals that may be open at a time without an operator's word: a flood of forged MACs opens no more.
inline constexpr size_t kMostOpenProposals = 20;

/// A proposal out of a new Node. What the machine said stands in code spans of one line: nothing of it is
/// markup, a mention or a link. `folder`: of the fleet inside the repository.
Proposal MakeProposal(const NewNode& node, const MachineFacts& facts, const std::string& folder, int64_t now);

/// Names and addresses that proposals hold.
std::set<std::string> TakenBy(const ForgeStatus& memory);

/// Those to begin now: machines seen within a day that were never proposed, the first seen first, as far as
/// there is room. `problem` tells when there is none, or when a machine cannot be proposed.
std::vector<Proposal> NewProposals(const ForgeStatus& memory, const Sightings& sightings,
                                   const NodePattern& pattern, const std::string& folder, int64_t now,
                                   std::string& problem);

}  // namespace slipway::forge
