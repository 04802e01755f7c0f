#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reconciler/status/journal.h"
#include "schema/contract/dhcp_status.h"
#include "schema/contract/dns_counters.h"
#include "schema/contract/forge_status.h"
#include "schema/contract/manifest.h"
#include "schema/contract/new_node.h"
#include "schema/contract/worker_status.h"

namespace slipway {

/// A server of the boot network, as the page shows it.
struct ServerState {
  std::string name;     ///< "http", "tftp", "dhcp", "pxe"
  std::string address;  ///< "10.0.5.10:8080"
  std::string problem;  ///< why it does not serve, "" when it does
};

/// What the install ledger says of one machine.
struct InstallState {
  uint32_t completed = 0;  ///< the newest Node.spec.install.revision that is known to be completed
  uint32_t wiped = 0;      ///< the newest one whose wipe it took
  int64_t completed_at = 0;
  std::string evidence;
};

/// Everything the status page, the JSON document and the metrics are made of: gathered once per request, then
/// only read. Pure data.
struct StatusView {
  std::string version;
  int64_t now = 0;  ///< Unix seconds
  int64_t started_at = 0;
  std::string state_dir;
  std::shared_ptr<const Manifest> manifest;  ///< what is served; null before the first generation
  RevisionInfo served;                       ///< of it
  std::optional<WorkerStatus> worker;        ///< its last document, if it ever wrote one
  bool worker_running = false;
  int worker_restarts = 0;
  std::string worker_trouble;  ///< why it was last restarted, or does not run
  std::vector<ServerState> servers;
  DhcpStatus dhcp;
  std::set<Mac> blocked;
  std::map<Mac, InstallState> installs;
  std::vector<std::shared_ptr<const BootEvent>> events;  ///< newest first
  std::vector<MachineRecord> machines;                   ///< last seen first
  std::vector<HistoryLine> history;                      ///< newest first
  Journal::Counters counters;
  DnsCounters dns = {};
  std::string journal_trouble;
  std::optional<ForgeStatus> forge;       ///< none where no forge is configured, or it has not reported yet
  std::vector<Sighting> sightings;        ///< unknown machines that told what they are
  NodePattern pattern;                    ///< what new nodes look like
  std::map<std::string, uint64_t> hooks;  ///< webhooks so far, by "github poll": kind and result
};

/// Machines that were seen and are in no revision, last seen first.
std::vector<const MachineRecord*> UnknownMachines(const StatusView& view);

/// An unknown machine, and what would approve it.
struct Knock {
  const MachineRecord* machine = nullptr;
  MachineFacts facts;
  std::string node;  ///< a complete Node for it, ready to copy; "" where the pattern has no place for it
  std::string path;  ///< where it would go in the fleet's folder
  std::string pull;  ///< "open", "declined", …; "" where it was not proposed
  std::string url;   ///< of the pull request
};

/// UnknownMachines with the Node of each: no two have the same name or address. The other cards of a machine
/// that told of them share its Node.
std::vector<Knock> Knocks(const StatusView& view);

/// The document behind `/api/v1/status`.
std::string StatusJson(const StatusView& view);

/// The page behind `/`: plain HTML, no script, reloads itself.
std::string StatusPage(const StatusView& view);

/// Prometheus text format. Names are an API: tests/reconciler/status holds the list.
std::string MetricsText(const StatusView& view);

/// "" where installations are not counted; "installed (2)", "installation 2 wanted, 1 completed", …
std::string InstallText(const BootEntry& entry, const StatusView& view);

/// Whether a machine runs the config that is served for it, as far as is known: it fetched that one last.
enum class ConfigState : uint8_t { kUnknown, kServed, kOlder };
ConfigState RunsServedConfig(const MachineRecord& machine, const Manifest& manifest);

/// What brings the served config to a machine that runs: an installed Talos keeps the one it has.
std::string ApplyCommand(const BootEntry& entry, const MachineRecord& machine, const std::string& state_dir);

/// Small words for people (text.cc).
std::string Ago(int64_t then, int64_t now);              ///< "12 s ago", "3 h ago", "never"
std::string UtcTime(int64_t unix_seconds);               ///< 2026-11-20T14:00:00Z, "" for 0
std::string ShortRevision(const std::string& revision);  ///< "main@3f2c9d1e0ab4"
std::string HumanBytes(uint64_t bytes);                  ///< "12.3 MiB"

}  // namespace slipway
