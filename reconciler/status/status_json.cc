#include <nlohmann/json.hpp>

#include "reconciler/status/view.h"

namespace slipway {
namespace {

using nlohmann::json;

json MachineJson(const MachineRecord& m) {
  return {{"mac", m.mac.ToColons()},
          {"address", m.address},
          {"firstSeen", UtcTime(m.first_seen_ms / 1000)},
          {"lastSeen", UtcTime(m.last_seen_ms / 1000)},
          {"events", m.events},
          {"lastRequest", m.last_request},
          {"lastAnswer", m.last_answer},
          {"lastOutcome", m.last_outcome},
          {"lastReason", m.last_reason},
          {"lastMessage", m.last_message},
          {"scriptFetchedAt", UtcTime(m.script_fetched_ms / 1000)},
          {"configFetchedAt", UtcTime(m.config_fetched_ms / 1000)},
          {"arch", m.arch},
          {"vendorClass", m.vendor_class},
          {"uuid", m.uuid},
          {"serial", m.serial},
          {"product", m.product}};
}

json KnockJson(const Knock& knock) {
  json out = MachineJson(*knock.machine);
  json macs = json::array();
  for (const Mac& mac : knock.facts.macs) macs.push_back(mac.ToColons());
  out["macs"] = std::move(macs);
  out["asset"] = knock.facts.asset;
  out["manufacturer"] = knock.facts.manufacturer;
  out["node"] = knock.node;
  out["nodePath"] = knock.path;
  out["pullRequest"] = {{"state", knock.pull}, {"url", knock.url}};
  return out;
}

json ForgeJson(const StatusView& view) {
  if (!view.forge) return nullptr;
  const ForgeStatus& f = *view.forge;
  json out = {{"kind", f.kind},
              {"repository", f.repository},
              {"problem", f.problem},
              {"problemSince", UtcTime(f.problem_since)},
              {"notBefore", UtcTime(f.not_before)},
              {"requests", f.requests},
              {"statuses", json::array()},
              {"pullRequests", json::array()},
              {"proposals", json::array()}};
  for (const SentStatus& s : f.statuses) {
    out["statuses"].push_back(
        {{"commit", s.commit}, {"state", s.state}, {"description", s.description}, {"at", UtcTime(s.at)}});
  }
  for (const PullNote& p : f.pulls)
    out["pullRequests"].push_back(
        {{"number", p.number}, {"title", p.title}, {"url", p.url}, {"outcome", p.outcome}});
  for (const Proposal& p : f.proposals) {
    out["proposals"].push_back({{"mac", p.facts.macs.empty() ? "" : p.facts.macs.front().ToColons()},
                                {"node", p.name},
                                {"state", ToString(p.state)},
                                {"pullRequest", p.pull},
                                {"url", p.url}});
  }
  return out;
}

json InstallJson(const BootEntry& entry, const StatusView& view) {
  const auto found = view.installs.find(entry.mac);
  const InstallState state = found == view.installs.end() ? InstallState{} : found->second;
  json out = {{"revision", entry.install_revision},
              {"completed", state.completed},
              {"completedAt", UtcTime(state.completed_at)},
              {"evidence", state.evidence},
              {"text", InstallText(entry, view)}};
  if (!entry.wipe_script.empty())
    out["wipe"] = {{"taken", state.wiped}, {"until", UtcTime(entry.wipe_until)}};
  return out;
}

json NodesJson(const StatusView& view) {
  json nodes = json::array();
  if (!view.manifest) return nodes;
  std::unordered_map<Mac, const MachineRecord*> seen;
  for (const MachineRecord& machine : view.machines) seen[machine.mac] = &machine;
  for (const BootEntry& entry : view.manifest->boot) {
    json node = {{"name", entry.node},           {"mac", entry.mac.ToColons()},
                 {"cluster", entry.cluster},     {"role", ToString(entry.role)},
                 {"arch", ToString(entry.arch)}, {"hostname", entry.hostname},
                 {"script", entry.script},       {"config", entry.config},
                 {"source", entry.source},       {"blocked", view.blocked.contains(entry.mac)}};
    const FileEntry* config = view.manifest->FindFile(entry.config);
    if (config != nullptr) node["configDigest"] = "sha256:" + config->digest.ToHex();
    if (entry.install_revision != 0) node["install"] = InstallJson(entry, view);
    const auto machine = seen.find(entry.mac);
    if (machine != seen.end()) node["lastBoot"] = MachineJson(*machine->second);
    json revisions = {{"served", view.served.revision}, {"booted", ""}, {"merged", ""}};
    if (view.worker) revisions["merged"] = view.worker->observed_revision;
    if (machine != seen.end()) {
      revisions["booted"] = machine->second->booted_revision;
      const ConfigState state = RunsServedConfig(*machine->second, *view.manifest);
      if (state != ConfigState::kUnknown) node["runsServedConfig"] = state == ConfigState::kServed;
      if (state == ConfigState::kOlder) node["apply"] = ApplyCommand(entry, *machine->second, view.state_dir);
    }
    node["revisions"] = std::move(revisions);
    nodes.push_back(std::move(node));
  }
  return nodes;
}

json ServedJson(const StatusView& view) {
  if (!view.manifest) return nullptr;
  const RevisionInfo& r = view.served;
  return {{"revision", r.revision},
          {"commit", r.commit},
          {"author", r.author},
          {"subject", r.subject},
          {"signer", r.signer},
          {"acceptedBy", r.accepted_by},
          {"pullRequest", r.pull_request},
          {"restoredBy", r.restored_by},
          {"committedAt", UtcTime(r.committed_at)},
          {"publishedAt", UtcTime(r.published_at)},
          {"generation", r.number},
          {"treeDigest", r.tree_digest},
          {"site", view.manifest->site},
          {"bootServer", view.manifest->boot_server.ToString()},
          {"unknownMachines", ToString(view.manifest->unknown_machines)},
          {"files", view.manifest->files.size()}};
}

json ReconcileJson(const StatusView& view) {
  json out = {{"workerRunning", view.worker_running},
              {"workerRestarts", view.worker_restarts},
              {"workerTrouble", view.worker_trouble}};
  if (!view.worker) return out;
  const WorkerStatus& w = *view.worker;
  out["sourceUrl"] = w.source_url;
  out["observedRevision"] = w.observed_revision;
  out["lastAttemptedRevision"] = w.last_attempted_revision;
  out["lastAppliedRevision"] = w.last_applied_revision;
  out["lastHandledReconcileAt"] = w.last_handled_reconcile_at;
  out["lastFetch"] = UtcTime(w.last_fetch_at);
  out["nextFetch"] = UtcTime(w.next_fetch_at);
  out["pinnedRevision"] = w.pinned_revision;
  out["pinnedWhy"] = w.pinned_why;
  if (!w.held.revision.empty()) {
    out["held"] = {{"revision", w.held.revision},
                   {"reasons", w.held.reasons},
                   {"changes", w.held.changes},
                   {"acknowledge", w.held.acknowledge},
                   {"opensAt", UtcTime(w.held.opens_at)}};
  }
  out["nodesTotal"] = w.nodes_total;
  out["filesTotal"] = w.files_total;
  out["filesRendered"] = w.files_rendered;
  out["diagnostics"] = json::parse(FormatJson(w.diagnostics), nullptr, false);
  out["diagnosticsTotal"] = w.diagnostics_total;
  out["conditions"] = json::array();
  for (const Condition& c : w.conditions) {
    out["conditions"].push_back({{"type", c.type},
                                 {"status", c.status},
                                 {"reason", c.reason},
                                 {"message", c.message},
                                 {"lastTransitionTime", UtcTime(c.last_transition)},
                                 {"observedRevision", c.observed_revision}});
  }
  out["assets"] = json::array();
  for (const AssetProgress& a : w.assets) {
    out["assets"].push_back(
        {{"name", a.name}, {"url", a.url}, {"done", a.done}, {"total", a.total}, {"error", a.error}});
  }
  return out;
}

json ForeignServerJson(const ForeignServer& server) {
  return {{"id", server.id.ToString()},           {"source", server.source.ToString()},
          {"mac", server.mac.ToColons()},         {"givesAddresses", server.gives_addresses},
          {"bootFile", server.boot_file},         {"breaksUefi", server.breaks_uefi},
          {"lastSeen", UtcTime(server.last_seen)}};
}

json DhcpJson(const DhcpStatus& dhcp) {
  json out = {{"leaseProblem", dhcp.lease_problem}, {"links", json::array()}, {"pools", json::array()}};
  for (const DhcpLinkStatus& link : dhcp.links) {
    json servers = json::array();
    for (const ForeignServer& server : link.servers) servers.push_back(ForeignServerJson(server));
    out["links"].push_back({{"interface", link.interface},
                            {"setting", link.setting},
                            {"role", link.role},
                            {"reason", link.reason},
                            {"otherServers", std::move(servers)}});
  }
  for (const PoolStatus& pool : dhcp.pools) {
    out["pools"].push_back({{"subnet", pool.subnet.ToString()},
                            {"dynamic", pool.dynamic},
                            {"bound", pool.bound},
                            {"fixed", pool.fixed},
                            {"conflicts", pool.conflicts},
                            {"fullSince", UtcTime(pool.full_since)}});
  }
  return out;
}

}  // namespace

std::string StatusJson(const StatusView& view) {
  json out = {{"version", view.version},
              {"time", UtcTime(view.now)},
              {"startedAt", UtcTime(view.started_at)},
              {"served", ServedJson(view)},
              {"reconcile", ReconcileJson(view)},
              {"nodes", NodesJson(view)}};
  out["servers"] = json::array();
  for (const ServerState& s : view.servers) {
    out["servers"].push_back({{"name", s.name}, {"address", s.address}, {"problem", s.problem}});
  }
  out["dhcp"] = DhcpJson(view.dhcp);
  out["blocked"] = json::array();
  for (const Mac& mac : view.blocked) out["blocked"].push_back(mac.ToColons());
  out["unknownMachines"] = json::array();
  for (const Knock& knock : Knocks(view)) out["unknownMachines"].push_back(KnockJson(knock));
  out["forge"] = ForgeJson(view);
  out["events"] = json::array();
  for (const auto& event : view.events) {
    out["events"].push_back(json::parse(EncodeBootEvent(*event), nullptr, false));
  }
  out["journal"] = {{"dropped", view.counters.dropped}, {"trouble", view.journal_trouble}};
  return out.dump(1, ' ', false, json::error_handler_t::replace) + '\n';
}

}  // namespace slipway
