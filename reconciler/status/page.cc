#include <algorithm>

#include "reconciler/status/page_parts.h"
#include "templates/templates.h"

namespace slipway {

std::string Visible(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      out += "\xE2\x90\xA6";  // ␦
    else
      out += c;
  }
  return out;
}

void SetFlag(kainjow::mustache::data& page, const std::string& name, bool value) {
  page.set(name,
           value ? kainjow::mustache::data::type::bool_true : kainjow::mustache::data::type::bool_false);
}

namespace {

using kainjow::mustache::data;
using kainjow::mustache::list;

constexpr size_t kMostRows = 500;

data DiagnosticsData(const WorkerStatus& worker) {
  data rows{data::type::list};
  for (const Diagnostic& d : worker.diagnostics) {
    data row;
    std::string place = d.file;
    if (d.mark.line > 0) place += ':' + std::to_string(d.mark.line) + ':' + std::to_string(d.mark.column);
    row.set("place", place);
    row.set("code", CodeName(d.code));
    row.set("severity", d.severity == Severity::kError ? "error" : "warning");
    row.set("message", Visible(d.message));
    row.set("fix", Visible(d.fix));
    rows << row;
  }
  return rows;
}

data ConditionsData(const StatusView& view) {
  data rows{data::type::list};
  for (const Condition& c : view.worker->conditions) {
    const bool good = (c.type == "Ready") == (c.status == "True");
    data row;
    row.set("type", c.type);
    row.set("status", c.status);
    row.set("reason", c.reason);
    row.set("message", Visible(c.message));
    row.set("since", Ago(c.last_transition, view.now));
    row.set("class", good ? "good" : "bad");
    rows << row;
  }
  return rows;
}

data MachineData(const MachineRecord& m, int64_t now) {
  data row;
  row.set("mac", m.mac.ToColons());
  row.set("address", m.address);
  row.set("seen", Ago(m.last_seen_ms / 1000, now));
  row.set("request", Visible(m.last_request));
  row.set("outcome", m.last_outcome);
  row.set("reason", m.last_reason);
  row.set("message", Visible(m.last_message));
  row.set("arch", m.arch);
  row.set("uuid", Visible(m.uuid));
  row.set("serial", Visible(m.serial));
  SetFlag(row, "has_serial", !m.serial.empty());
  row.set("product", Visible(m.product));
  row.set("vendor_class", Visible(m.vendor_class));
  row.set("script_fetched", Ago(m.script_fetched_ms / 1000, now));
  row.set("config_fetched", Ago(m.config_fetched_ms / 1000, now));
  row.set("booted", ShortRevision(m.booted_revision));
  return row;
}

data NodesData(const StatusView& view) {
  std::unordered_map<Mac, const MachineRecord*> seen;
  for (const MachineRecord& machine : view.machines) seen[machine.mac] = &machine;
  std::vector<const BootEntry*> entries;
  for (const BootEntry& entry : view.manifest->boot) entries.push_back(&entry);
  const auto rank = [&](const BootEntry* e) { return seen.contains(e->mac) ? 0 : 1; };
  std::stable_sort(entries.begin(), entries.end(), [&](const BootEntry* a, const BootEntry* b) {
    return std::tuple(rank(a), a->node, a->mac) < std::tuple(rank(b), b->node, b->mac);
  });
  data rows{data::type::list};
  for (size_t i = 0; i < std::min(entries.size(), kMostRows); ++i) {
    const BootEntry& entry = *entries[i];
    const auto machine = seen.find(entry.mac);
    data row = MachineData(machine == seen.end() ? MachineRecord{} : *machine->second, view.now);
    row.set("mac", entry.mac.ToColons());
    row.set("node", entry.node);
    row.set("cluster", entry.cluster);
    row.set("role", std::string(ToString(entry.role)));
    row.set("source", entry.source);
    row.set("install", InstallText(entry, view));
    const auto install = view.installs.find(entry.mac);
    row.set("evidence", Visible(install == view.installs.end() ? "" : install->second.evidence));
    row.set("blocked", view.blocked.contains(entry.mac) ? data::type::bool_true : data::type::bool_false);
    rows << row;
  }
  return rows;
}

data UnknownData(const StatusView& view) {
  data rows{data::type::list};
  size_t count = 0;
  for (const Knock& knock : Knocks(view)) {
    if (++count > kMostRows) break;
    data row = MachineData(*knock.machine, view.now);
    SetFlag(row, "has_node", !knock.node.empty());
    row.set("node", knock.node);
    row.set("path", knock.path);
    SetFlag(row, "proposed", !knock.pull.empty());
    row.set("pull", knock.pull);
    row.set("pull_url", knock.url);
    rows << row;
  }
  return rows;
}

void AddForge(data& page, const StatusView& view) {
  SetFlag(page, "has_forge", view.forge.has_value());
  if (!view.forge) return;
  const ForgeStatus& forge = *view.forge;
  page.set("forge_kind", forge.kind);
  page.set("forge_repository", forge.repository);
  page.set("forge_problem", Visible(forge.problem));
  SetFlag(page, "has_forge_problem", !forge.problem.empty());
  page.set("forge_problem_since", Ago(forge.problem_since, view.now));
  data pulls{data::type::list};
  for (const PullNote& note : forge.pulls) {
    data row;
    row.set("number", std::to_string(note.number));
    row.set("title", Visible(note.title));
    row.set("url", note.url);
    row.set("outcome", Visible(note.outcome));
    pulls << row;
  }
  SetFlag(page, "has_pulls", !forge.pulls.empty());
  page.set("pulls", pulls);
  SetFlag(page, "has_status", !forge.statuses.empty());
  if (forge.statuses.empty()) return;
  page.set("status_commit", forge.statuses.back().commit.substr(0, 12));
  page.set("status_state", forge.statuses.back().state);
}

data EventsData(const StatusView& view) {
  data rows{data::type::list};
  for (size_t i = 0; i < std::min<size_t>(view.events.size(), 100); ++i) {
    const BootEvent& e = *view.events[i];
    data row;
    row.set("time", UtcTime(e.time_ms / 1000));
    row.set("door", std::string(ToString(e.door)));
    row.set("who", e.node.empty() ? (e.mac ? e.mac->ToColons() : "") : e.node);
    row.set("address", e.address ? e.address->ToString() : "");
    row.set("request", Visible(e.request));
    row.set("outcome", std::string(ToString(e.outcome)));
    row.set("answer", Visible(e.answer));
    row.set("message", Visible(e.message));
    rows << row;
  }
  return rows;
}

data AssetsData(const WorkerStatus& worker) {
  data rows{data::type::list};
  for (const AssetProgress& a : worker.assets) {
    data row;
    row.set("name", a.name);
    row.set("url", a.url);
    row.set("done", HumanBytes(a.done));
    row.set("total", a.total == 0 ? "?" : HumanBytes(a.total));
    row.set("error", Visible(a.error));
    rows << row;
  }
  return rows;
}

data ServersData(const StatusView& view) {
  data rows{data::type::list};
  for (const ServerState& server : view.servers) {
    data row;
    row.set("name", server.name);
    row.set("address", server.address);
    row.set("problem", server.problem);
    SetFlag(row, "ok", server.problem.empty());
    row.set("class", server.problem.empty() ? "good" : "bad");
    rows << row;
  }
  return rows;
}

data LinksData(const StatusView& view) {
  data rows{data::type::list};
  for (const DhcpLinkStatus& link : view.dhcp.links) {
    data row;
    row.set("interface", link.interface);
    row.set("role", link.role);
    row.set("reason", link.reason);
    data servers{data::type::list};
    for (const ForeignServer& other : link.servers) {
      data server;
      server.set("id", other.id.ToString());
      server.set("mac", other.mac.IsZero() ? "" : other.mac.ToColons());
      server.set("gives", other.gives_addresses ? "addresses" : "boot files only");
      server.set("file", Visible(other.boot_file));
      SetFlag(server, "breaks_uefi", other.breaks_uefi);
      server.set("seen", Ago(other.last_seen, view.now));
      servers << server;
    }
    SetFlag(row, "has_others", !link.servers.empty());
    row.set("others", servers);
    rows << row;
  }
  return rows;
}

data PoolsData(const StatusView& view) {
  data rows{data::type::list};
  for (const PoolStatus& pool : view.dhcp.pools) {
    data row;
    row.set("subnet", pool.subnet.ToString());
    row.set("bound", std::to_string(pool.bound));
    row.set("dynamic", std::to_string(pool.dynamic));
    row.set("fixed", std::to_string(pool.fixed));
    row.set("conflicts", std::to_string(pool.conflicts));
    SetFlag(row, "full", pool.full_since != 0);
    row.set("full_since", Ago(pool.full_since, view.now));
    rows << row;
  }
  return rows;
}

void AddDhcp(data& page, const StatusView& view) {
  SetFlag(page, "has_links", !view.dhcp.links.empty());
  page.set("links", LinksData(view));
  SetFlag(page, "has_pools", !view.dhcp.pools.empty());
  page.set("pools", PoolsData(view));
  page.set("lease_problem", Visible(view.dhcp.lease_problem));
  SetFlag(page, "has_lease_problem", !view.dhcp.lease_problem.empty());
}

void AddServed(data& page, const StatusView& view) {
  SetFlag(page, "serving", view.manifest != nullptr);
  if (!view.manifest) return;
  const RevisionInfo& r = view.served;
  page.set("site", view.manifest->site);
  page.set("revision", r.revision);
  page.set("author", Visible(r.author));
  page.set("subject", Visible(TitleOf(r)));
  SetFlag(page, "is_signed", !r.signer.empty());
  page.set("signer", Visible(r.signer));
  SetFlag(page, "is_accepted", !r.accepted_by.empty());
  page.set("accepted_by", Visible(r.accepted_by));
  page.set("served_since", UtcTime(r.published_at) + ", " + Ago(r.published_at, view.now));
  page.set("generation", std::to_string(r.number));
  page.set("boot_server", view.manifest->boot_server.ToString());
  page.set("unknown_action", std::string(ToString(view.manifest->unknown_machines)));
  page.set("machines_total", std::to_string(view.manifest->boot.size()));
  page.set("nodes", NodesData(view));
  SetFlag(page, "more_nodes", view.manifest->boot.size() > kMostRows);
}

data LinesData(const std::vector<std::string>& lines) {
  data rows{data::type::list};
  for (const std::string& line : lines) {
    data row;
    row.set("line", Visible(line));
    rows << row;
  }
  return rows;
}

void AddWorker(data& page, const StatusView& view) {
  SetFlag(page, "worker_down", !view.worker_running);
  page.set("worker_trouble", Visible(view.worker_trouble));
  SetFlag(page, "has_worker_trouble", !view.worker_trouble.empty());
  SetFlag(page, "has_worker", view.worker.has_value());
  if (!view.worker) return;
  const WorkerStatus& w = *view.worker;
  page.set("source_url", w.source_url);
  page.set("observed", w.observed_revision);
  page.set("last_fetch", Ago(w.last_fetch_at, view.now));
  page.set("conditions", ConditionsData(view));
  page.set("diagnostics", DiagnosticsData(w));
  SetFlag(page, "has_diagnostics", !w.diagnostics.empty());
  page.set("diagnostics_total", std::to_string(w.diagnostics_total));
  page.set("attempted", w.last_attempted_revision);
  SetFlag(page, "behind", view.manifest && w.last_attempted_revision != view.served.revision);
  SetFlag(page, "pinned", !w.pinned_revision.empty());
  page.set("pinned_revision", w.pinned_revision);
  page.set("pinned_why", Visible(w.pinned_why));
  SetFlag(page, "held", !w.held.revision.empty());
  page.set("held_revision", w.held.revision);
  page.set("held_reasons", LinesData(w.held.reasons));
  page.set("held_changes", LinesData(w.held.changes));
  page.set("acknowledge", w.held.acknowledge);
  SetFlag(page, "needs_acknowledge", !w.held.acknowledge.empty());
  SetFlag(page, "opens", w.held.opens_at != 0);
  page.set("opens_at", UtcTime(w.held.opens_at));
  page.set("assets", AssetsData(w));
  SetFlag(page, "has_assets", !w.assets.empty());
}

}  // namespace

std::string StatusPage(const StatusView& view) {
  data page;
  page.set("version", view.version);
  page.set("now", UtcTime(view.now));
  AddServed(page, view);
  AddWorker(page, view);
  page.set("servers", ServersData(view));
  AddDhcp(page, view);
  AddForge(page, view);
  const data unknown = UnknownData(view);
  SetFlag(page, "has_unknown", !unknown.list_value().empty());
  page.set("unknown", unknown);
  SetFlag(page, "has_history", !view.history.empty());
  page.set("history", HistoryData(view));
  const data outdated = OutdatedData(view);
  SetFlag(page, "has_outdated", !outdated.list_value().empty());
  page.set("outdated", outdated);
  page.set("events", EventsData(view));
  SetFlag(page, "has_events", !view.events.empty());
  page.set("journal_trouble", Visible(view.journal_trouble));
  SetFlag(page, "has_journal_trouble", !view.journal_trouble.empty());
  const auto text = templates::EmbeddedFile("status.html.mustache");
  kainjow::mustache::mustache engine{std::string(text.value_or(""))};
  return engine.render(page);
}

}  // namespace slipway
