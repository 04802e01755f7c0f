#include <algorithm>
#include <unordered_map>

#include "reconciler/status/view.h"

namespace slipway {
namespace {

constexpr size_t kMostNodes = 64;  ///< so many places does a pattern have

/// What is known of machines, found by any of their cards or by their board.
template <class T>
class ByMachine {
 public:
  void Add(const MachineFacts& facts, const T& what) {
    for (const Mac& mac : facts.macs) macs_.emplace(mac, what);
    if (const std::string uuid = OwnUuid(facts.uuid); !uuid.empty()) boards_.emplace(uuid, what);
  }
  const T* Find(const MachineFacts& facts) const {
    for (const Mac& mac : facts.macs) {
      if (const auto found = macs_.find(mac); found != macs_.end()) return &found->second;
    }
    const auto found = boards_.find(OwnUuid(facts.uuid));
    return found == boards_.end() ? nullptr : &found->second;
  }

 private:
  std::unordered_map<Mac, T> macs_;
  std::unordered_map<std::string, T> boards_;
};

MachineFacts FactsOf(const MachineRecord& machine) {
  MachineFacts facts;
  facts.macs = {machine.mac};
  facts.uuid = OwnUuid(machine.uuid);
  facts.serial = machine.serial;
  facts.product = machine.product;
  facts.arch = machine.arch;
  return facts;
}

/// The Node of one machine, out of what is known; takes its name and address.
void FillNode(Knock& knock, const NodePattern& pattern, std::set<std::string>& taken) {
  const auto node = MakeNewNode(pattern, knock.facts, {}, taken);
  if (!node) return;
  knock.node = node->text;
  knock.path = node->path;
  taken.insert(node->name);
  if (!node->address.empty()) taken.insert(node->address);
}

}  // namespace

std::vector<Knock> Knocks(const StatusView& view) {
  ByMachine<const Sighting*> sightings;
  for (const Sighting& sighting : view.sightings) sightings.Add(sighting.facts, &sighting);
  ByMachine<const Proposal*> proposals;
  std::set<std::string> taken;
  if (view.forge) {
    for (const Proposal& proposal : view.forge->proposals) {
      proposals.Add(proposal.facts, &proposal);
      if (proposal.state != ProposalState::kDeclined) taken.insert({proposal.name, proposal.address});
    }
  }
  taken.erase("");
  ByMachine<size_t> made;
  std::vector<Knock> knocks;
  for (const MachineRecord* machine : UnknownMachines(view)) {
    Knock knock;
    knock.machine = machine;
    knock.facts = FactsOf(*machine);
    if (const auto* sighting = sightings.Find(knock.facts)) knock.facts = (*sighting)->facts;
    const size_t* same = made.Find(knock.facts);
    if (const auto* proposal = proposals.Find(knock.facts)) {
      knock.node = (*proposal)->text;
      knock.path = (*proposal)->path;
      knock.pull = ToString((*proposal)->state);
      knock.url = (*proposal)->url;
    } else if (same != nullptr) {
      knock.node = knocks[*same].node;
      knock.path = knocks[*same].path;
    } else if (knocks.size() < kMostNodes) {
      FillNode(knock, view.pattern, taken);
    }
    made.Add(knock.facts, knocks.size());
    knocks.push_back(std::move(knock));
  }
  return knocks;
}

}  // namespace slipway
