#include "reconciler/guard/change_set.h"

#include <algorithm>
#include <map>
#include <set>

namespace slipway::guard {
namespace {

/// The rows of one node, by MAC.
using Rows = std::vector<const BootEntry*>;
using Nodes = std::map<std::string_view, Rows>;

Nodes NodesOf(const Manifest& manifest) {
  Nodes nodes;
  for (const BootEntry& entry : manifest.boot) nodes[entry.node].push_back(&entry);
  return nodes;
}

std::string MacsText(const Rows& rows) {
  std::string text;
  for (const BootEntry* row : rows) text += (text.empty() ? "" : ",") + row->mac.ToColons();
  return text;
}

std::string AddressText(const BootEntry& entry) { return entry.address ? entry.address->ToString() : ""; }

/// Collects what differs of one machine.
class Differences {
 public:
  explicit Differences(Change& change) : change_(change) {}

  void Add(Effect effect) {
    const auto at = std::lower_bound(change_.effects.begin(), change_.effects.end(), effect);
    if (at == change_.effects.end() || *at != effect) change_.effects.insert(at, effect);
  }
  /// True where they differ.
  bool Fact(const std::string& what, const std::string& before, const std::string& after) {
    if (before == after) return false;
    change_.facts.push_back(what + ' ' + before + " > " + after);
    return true;
  }
  void FileFact(const std::string& what, const std::string& difference) {
    change_.facts.push_back(what + ' ' + difference);
  }

 private:
  Change& change_;
};

void CompareRows(const Rows& before, const Rows& after, Differences& differences) {
  const BootEntry& was = *before.front();
  const BootEntry& now = *after.front();
  const bool was_member = was.role == Role::kControlPlane;
  const bool same_cluster = was.cluster == now.cluster;
  differences.Fact("node", was.node, now.node);
  if (differences.Fact("macs", MacsText(before), MacsText(after))) differences.Add(Effect::kMacsChanged);
  if (differences.Fact("role", std::string(ToString(was.role)), std::string(ToString(now.role))))
    differences.Add(Effect::kRoleChanged);
  if (differences.Fact("cluster", was.cluster, now.cluster)) differences.Add(Effect::kRoleChanged);
  if (was_member && (now.role != Role::kControlPlane || !same_cluster))
    differences.Add(Effect::kControlPlaneRemoved);
  if (differences.Fact("address", AddressText(was), AddressText(now))) differences.Add(Effect::kAddressMoves);
  if (differences.Fact("installation", std::to_string(was.install_revision),
                       std::to_string(now.install_revision))) {
    differences.Add(now.install_revision > was.install_revision ? Effect::kReinstall : Effect::kNextBoot);
  }
  if (now.wipe_script.empty()) return;
  const bool again = now.install_revision > was.install_revision;
  if (differences.Fact("wipe", was.wipe_script.empty() ? "" : std::to_string(was.wipe_until),
                       std::to_string(now.wipe_until)) ||
      again) {
    differences.Add(Effect::kWipe);
  }
}

Result<void> CompareFiles(const BootEntry& was, const BootEntry& now, const FileDifference& differs,
                          Differences& differences) {
  constexpr std::pair<FileKind, Effect> kFiles[] = {{FileKind::kMachineScript, Effect::kNextBoot},
                                                    {FileKind::kWipeScript, Effect::kWipe},
                                                    {FileKind::kMachineConfig, Effect::kAtReinstall}};
  for (const auto& [kind, effect] : kFiles) {
    auto difference = differs(was, now, kind);
    if (!difference) return tl::make_unexpected(difference.error());
    if (difference->empty()) continue;
    if (kind == FileKind::kWipeScript && now.wipe_script.empty()) continue;
    const std::string& path = kind == FileKind::kMachineScript   ? now.script
                              : kind == FileKind::kMachineConfig ? now.config
                                                                 : now.wipe_script;
    differences.FileFact(path, *difference);
    differences.Add(effect);
  }
  return {};
}

Change Withdrawn(const Rows& rows) {
  Change change{rows.front()->mac,     std::string(rows.front()->node),
                rows.front()->cluster, rows.front()->role == Role::kControlPlane,
                {Effect::kWithdrawn},  {}};
  Differences differences(change);
  differences.Fact("withdrawn", MacsText(rows), "");
  if (change.control_plane) differences.Add(Effect::kControlPlaneRemoved);
  return change;
}

Change Approved(const Rows& rows) {
  Change change{rows.front()->mac,     std::string(rows.front()->node),
                rows.front()->cluster, false,
                {Effect::kApproved},   {}};
  Differences differences(change);
  differences.Fact("approved", "", MacsText(rows));
  if (!rows.front()->wipe_script.empty()) differences.Add(Effect::kWipe);
  return change;
}

}  // namespace

bool Change::Has(Effect effect) const { return std::binary_search(effects.begin(), effects.end(), effect); }

const std::string& PathOf(const BootEntry& entry, FileKind kind) {
  if (kind == FileKind::kMachineScript) return entry.script;
  if (kind == FileKind::kWipeScript) return entry.wipe_script;
  return entry.config;
}

Result<ChangeSet> Compare(const Manifest& served, const Manifest& revision, const FileDifference& differs) {
  const Nodes before = NodesOf(served);
  const Nodes after = NodesOf(revision);
  ChangeSet set;
  set.machines_before = before.size();
  set.machines_after = after.size();
  std::set<std::string_view> known;  // nodes of the revision that have a machine of before
  for (const auto& [name, rows] : before) {
    const BootEntry* successor = nullptr;
    for (const BootEntry* row : rows) {
      if (successor == nullptr) successor = revision.FindMac(row->mac);
    }
    if (successor == nullptr) {
      set.changes.push_back(Withdrawn(rows));
      continue;
    }
    known.insert(successor->node);
    const Rows& now = after.at(successor->node);
    Change change{now.front()->mac,
                  successor->node,
                  successor->cluster,
                  rows.front()->role == Role::kControlPlane,
                  {},
                  {}};
    if (change.control_plane) change.cluster = rows.front()->cluster;
    Differences differences(change);
    CompareRows(rows, now, differences);
    for (const BootEntry* row : now) {
      const BootEntry* was = served.FindMac(row->mac);
      if (was == nullptr) continue;
      if (auto compared = CompareFiles(*was, *row, differs, differences); !compared)
        return tl::make_unexpected(compared.error());
    }
    if (!change.effects.empty()) set.changes.push_back(std::move(change));
  }
  for (const auto& [name, rows] : after) {
    if (!known.contains(name)) set.changes.push_back(Approved(rows));
  }
  std::sort(set.changes.begin(), set.changes.end(),
            [](const Change& a, const Change& b) { return a.node < b.node; });
  return set;
}

}  // namespace slipway::guard
