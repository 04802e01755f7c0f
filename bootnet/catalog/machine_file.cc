#include "bootnet/catalog/machine_file.h"

#include <set>

namespace slipway {
namespace {

InstallRecord RecordOf(const BootEntry& machine, const Snapshot& snapshot) {
  InstallRecord best;
  if (!snapshot.installs) return best;
  for (const BootEntry* row : snapshot.catalog->RowsOfNode(machine.node)) {
    InstallRecord record = snapshot.installs->Find(row->mac);
    best.wiped = std::max(best.wiped, record.wiped);
    if (record.completed < best.completed) continue;
    record.wiped = best.wiped;
    best = std::move(record);
  }
  return best;
}

/// Whether the cluster can miss this control plane now: more than half of them would be left that have
/// completed what is asked of them.
bool QuorumAllows(const BootEntry& machine, const Snapshot& snapshot) {
  if (machine.role != Role::kControlPlane) return true;
  std::set<std::string_view> members;
  std::set<std::string_view> missing{machine.node};
  for (const BootEntry& row : snapshot.catalog->manifest().boot) {
    if (row.role != Role::kControlPlane || row.cluster != machine.cluster) continue;
    members.insert(row.node);
    if (row.install_revision > RecordOf(row, snapshot).completed) missing.insert(row.node);
  }
  return members.size() - missing.size() >= members.size() / 2 + 1;
}

Loader LoaderOf(std::string_view path) {
  for (const Loader loader : {Loader::kGrub, Loader::kPxelinux}) {
    if (path.ends_with(SuffixOf(loader))) return loader;
  }
  return Loader::kIpxe;
}

}  // namespace

ScriptChoice ChooseScript(const BootEntry& machine, const Snapshot& snapshot) {
  using Kind = ScriptChoice::Kind;
  const std::string node = "node " + machine.node;
  const uint32_t wanted = machine.install_revision;
  if (wanted == 0) return {Kind::kInstall, Reason::kApproved, node};
  const InstallRecord record = RecordOf(machine, snapshot);
  const std::string number = std::to_string(wanted);
  if (record.completed >= wanted) {
    return {Kind::kLocal, Reason::kInstalled,
            node + " has completed installation " + std::to_string(record.completed) +
                ": it boots its disk; a higher install.revision installs it again"};
  }
  if (machine.wipe_script.empty() || record.wiped >= wanted)
    return {Kind::kInstall, Reason::kApproved, node + ", installation " + number};
  if (snapshot.now >= machine.wipe_until)
    return {Kind::kInstall, Reason::kApproved, node + ", installation " + number + "; its wipe has expired"};
  if (QuorumAllows(machine, snapshot))
    return {Kind::kWipe, Reason::kWipe, node + " is wiped before installation " + number};
  return {record.completed > 0 ? Kind::kLocal : Kind::kInstall, Reason::kWipeHeld,
          node + " is not wiped now: cluster " + machine.cluster +
              " would lose its quorum, since other control planes have not completed their installation"};
}

std::optional<Catalog::Item> ScriptFor(const BootEntry& machine, std::string_view path,
                                       ScriptChoice::Kind kind, const Catalog& catalog) {
  const Loader loader = LoaderOf(path);
  if (kind == ScriptChoice::Kind::kWipe) return catalog.Find(MachineWipePath(machine.mac, loader));
  if (kind == ScriptChoice::Kind::kInstall) return catalog.Find(path);
  std::string local = machine.local_script;
  local.resize(local.size() - std::min(local.size(), SuffixOf(Loader::kIpxe).size()));
  return catalog.Find(local + std::string(SuffixOf(loader)));
}

bool InWindow(const Client& client, const BootEntry& machine, const Manifest& manifest) {
  return client.script_node == machine.node && client.script_age_ms >= 0 &&
         client.script_age_ms <= int64_t{1000} * manifest.config_window_seconds;
}

}  // namespace slipway
