#include "reconciler/forge/proposal.h"

#include <algorithm>

namespace slipway::forge {
namespace {

constexpr int64_t kStillThere = 86'400;  ///< seconds since a machine was last seen

/// Inside a code span of a table: no back-tick, no line break, no border.
std::string Code(const std::string& text) {
  constexpr size_t kLongest = 128;
  std::string shown;
  for (const char c : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(c);
    shown += c == '`' ? '\'' : c == '|' || c == '\\' ? '/' : byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return '`' + shown + '`';
}

std::string Row(const char* what, const std::string& text) {
  return text.find_first_not_of(' ') == std::string::npos
             ? ""
             : "| " + std::string(what) + " | " + Code(text) + " |\n";
}

std::string Body(const NewNode& node, const MachineFacts& facts) {
  std::string body =
      "A machine that is in no revision asked to boot. **Merging approves it:** it boots as `" + node.name +
      "`, " + std::string(ToString(node.role)) + " of cluster `" + node.cluster +
      "`, and may install. Closing this without merging means no, and is remembered.\n\n"
      "| | it said |\n|---|---|\n";
  for (size_t i = 0; i < facts.macs.size(); ++i)
    body += Row(i == 0 ? "MAC address" : "another MAC address", facts.macs[i].ToColons());
  body += Row("UUID", facts.uuid) + Row("serial number", facts.serial) + Row("asset tag", facts.asset) +
          Row("manufacturer", facts.manufacturer) + Row("product", facts.product) +
          Row("architecture", facts.arch);
  return body +
         "\nThe first MAC address was seen on the network. Everything else is the machine's own word: "
         "compare it with "
         "the machine before you merge.\n";
}

}  // namespace

Proposal MakeProposal(const NewNode& node, const MachineFacts& facts, const std::string& folder,
                      int64_t now) {
  Proposal proposal;
  proposal.facts = facts;
  proposal.name = node.name;
  proposal.address = node.address;
  proposal.path = (folder.empty() || folder == "." ? "" : folder + '/') + node.path;
  proposal.text = node.text;
  proposal.title = "Approve " + node.name + " (" + facts.macs.front().ToColons() + ")";
  proposal.body = Body(node, facts);
  proposal.branch = "slipway/machine-" + facts.macs.front().ToHyphens();
  proposal.at = now;
  return proposal;
}

std::set<std::string> TakenBy(const ForgeStatus& memory) {
  std::set<std::string> taken;
  for (const Proposal& proposal : memory.proposals) {
    if (proposal.state == ProposalState::kDeclined) continue;
    taken.insert(proposal.name);
    if (!proposal.address.empty()) taken.insert(proposal.address);
  }
  return taken;
}

std::vector<Proposal> NewProposals(const ForgeStatus& memory, const Sightings& sightings,
                                   const NodePattern& pattern, const std::string& folder, int64_t now,
                                   std::string& problem) {
  std::vector<Proposal> list;
  std::set<std::string> taken = TakenBy(memory);
  size_t open = static_cast<size_t>(
      std::count_if(memory.proposals.begin(), memory.proposals.end(), [](const Proposal& p) {
        return p.state == ProposalState::kOpen || p.state == ProposalState::kWaiting;
      }));
  for (const Sighting& sighting : sightings.list()) {
    if (now - sighting.last_seen > kStillThere || memory.ProposalOf(sighting.facts) != nullptr) continue;
    if (open >= kMostOpenProposals) {
      problem =
          std::to_string(open) +
          " proposed machines wait for an answer; no more are proposed before some are merged or closed";
      break;
    }
    const auto node = MakeNewNode(pattern, sighting.facts, {}, taken);
    if (!node) {
      problem = "machine " + sighting.facts.macs.front().ToColons() +
                " cannot be proposed: " + node.error().message;
      continue;
    }
    taken.insert(node->name);
    if (!node->address.empty()) taken.insert(node->address);
    list.push_back(MakeProposal(*node, sighting.facts, folder, now));
    ++open;
  }
  return list;
}

}  // namespace slipway::forge
