#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <deque>
#include <initializer_list>

#include "reconciler/status/view.h"

namespace slipway {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

class Families {
 public:
  MetricFamily& Add(const char* name, const char* help, MetricType type) {
    list.push_back({name, help, type, {}});
    return list.back();
  }
  void Gauge(const char* name, const char* help, double value) {
    Put(Add(name, help, MetricType::Gauge), value, {});
  }
  static void Put(MetricFamily& family, double value, std::initializer_list<ClientMetric::Label> labels) {
    ClientMetric metric;
    metric.label = labels;
    if (family.type == MetricType::Counter)
      metric.counter.value = value;
    else
      metric.gauge.value = value;
    family.metric.push_back(std::move(metric));
  }
  std::deque<MetricFamily> list;  ///< references to its items stay good
};

void AddEvents(Families& families, const StatusView& view) {
  MetricFamily& events = families.Add("slipway_boot_events_total",
                                      "Requests of machines, by door and outcome.", MetricType::Counter);
  for (size_t door = 0; door < view.counters.events.size(); ++door) {
    for (size_t outcome = 0; outcome < view.counters.events[door].size(); ++outcome) {
      Families::Put(events, static_cast<double>(view.counters.events[door][outcome]),
                    {{"door", std::string(ToString(static_cast<Door>(door)))},
                     {"outcome", std::string(ToString(static_cast<Outcome>(outcome)))}});
    }
  }
  Families::Put(
      families.Add("slipway_boot_bytes_total", "Bytes of bodies sent to machines.", MetricType::Counter),
      static_cast<double>(view.counters.bytes), {});
  Families::Put(families.Add("slipway_journal_dropped_total", "Boot events that did not reach the disk.",
                             MetricType::Counter),
                static_cast<double>(view.counters.dropped), {});
}

void AddWorker(Families& families, const StatusView& view) {
  families.Gauge("slipway_worker_up", "1 while the worker process runs.", view.worker_running ? 1 : 0);
  Families::Put(families.Add("slipway_worker_restarts_total", "How often the worker was started again.",
                             MetricType::Counter),
                view.worker_restarts, {});
  if (!view.worker) return;
  const WorkerStatus& w = *view.worker;
  MetricFamily& conditions =
      families.Add("slipway_condition", "1 for a condition that is True, 0 otherwise.", MetricType::Gauge);
  for (const Condition& c : w.conditions)
    Families::Put(conditions, c.status == "True" ? 1 : 0, {{"type", c.type}});
  families.Gauge("slipway_last_fetch_success_timestamp_seconds", "When the remote was last seen.",
                 static_cast<double>(w.last_fetch_at));
  families.Gauge("slipway_validation_errors", "Diagnostics of the last attempted revision.",
                 static_cast<double>(w.diagnostics_total));
  families.Gauge("slipway_files_rendered", "Files of the last render that were not taken over unchanged.",
                 static_cast<double>(w.files_rendered));
  families.Gauge("slipway_pinned", "1 while a rollback or a suspension pins a revision.",
                 w.pinned_revision.empty() ? 0 : 1);
  families.Gauge("slipway_held", "1 while guards hold the newest revision.", w.held.revision.empty() ? 0 : 1);
}

void AddDhcp(Families& families, const StatusView& view) {
  MetricFamily& addresses =
      families.Add("slipway_dhcp_addresses", "Dynamic addresses of a subnet's ranges.", MetricType::Gauge);
  MetricFamily& leases = families.Add("slipway_dhcp_leases",
                                      "Addresses of a subnet that are leased, by kind.", MetricType::Gauge);
  MetricFamily& full = families.Add(
      "slipway_dhcp_pool_full", "1 while machines are turned away for want of addresses.", MetricType::Gauge);
  MetricFamily& circuits =
      families.Add("slipway_dhcp_circuit_full_total",
                   "Requests of machines behind a port of a relay that has its share.", MetricType::Counter);
  for (const PoolStatus& pool : view.dhcp.pools) {
    const std::string subnet = pool.subnet.ToString();
    Families::Put(addresses, static_cast<double>(pool.dynamic), {{"subnet", subnet}});
    Families::Put(leases, static_cast<double>(pool.bound), {{"subnet", subnet}, {"kind", "dynamic"}});
    Families::Put(leases, static_cast<double>(pool.fixed), {{"subnet", subnet}, {"kind", "fixed"}});
    Families::Put(leases, static_cast<double>(pool.conflicts), {{"subnet", subnet}, {"kind", "conflict"}});
    Families::Put(circuits, static_cast<double>(pool.circuit_full), {{"subnet", subnet}});
    Families::Put(full, pool.full_since == 0 ? 0 : 1, {{"subnet", subnet}});
  }
  MetricFamily& queries = families.Add("slipway_dns_queries_total", "Queries to the name server, by result.",
                                       MetricType::Counter);
  for (size_t i = 0; i < view.dns.size(); ++i) {
    Families::Put(queries, static_cast<double>(view.dns[i]), {{"result", std::string(kDnsResultNames[i])}});
  }
  MetricFamily& roles =
      families.Add("slipway_dhcp_role", "1 for what DHCP does on an interface.", MetricType::Gauge);
  MetricFamily& others = families.Add("slipway_dhcp_other_servers",
                                      "Other DHCP servers heard on an interface.", MetricType::Gauge);
  for (const DhcpLinkStatus& link : view.dhcp.links) {
    Families::Put(roles, 1, {{"interface", link.interface}, {"role", link.role}});
    Families::Put(others, static_cast<double>(link.servers.size()), {{"interface", link.interface}});
  }
}

void AddForge(Families& families, const StatusView& view) {
  if (!view.forge) return;
  families.Gauge("slipway_forge_up", "1 while the forge takes what it is told.",
                 view.forge->problem.empty() ? 1 : 0);
  MetricFamily& requests = families.Add("slipway_forge_requests_total",
                                        "Requests to the forge's API, by result.", MetricType::Counter);
  for (const auto& [result, count] : view.forge->requests)
    Families::Put(requests, static_cast<double>(count), {{"result", result}});
  std::map<std::string, int> states;
  for (const Proposal& proposal : view.forge->proposals) ++states[std::string(ToString(proposal.state))];
  MetricFamily& proposals = families.Add(
      "slipway_proposals", "Machines that were proposed, by what became of it.", MetricType::Gauge);
  for (const auto& [state, count] : states) Families::Put(proposals, count, {{"state", state}});
}

}  // namespace

std::string MetricsText(const StatusView& view) {
  Families families;
  Families::Put(families.Add("slipway_build_info", "Version of the daemon.", MetricType::Gauge), 1,
                {{"version", view.version}});
  families.Gauge("slipway_start_timestamp_seconds", "When the daemon started.",
                 static_cast<double>(view.started_at));
  families.Gauge("slipway_ready", "1 while a generation is served.", view.manifest ? 1 : 0);
  if (view.manifest) {
    Families::Put(families.Add("slipway_source_info", "The served revision.", MetricType::Gauge), 1,
                  {{"revision", view.served.revision}});
    families.Gauge("slipway_served_generation", "Number of the served generation.",
                   static_cast<double>(view.served.number));
    families.Gauge("slipway_served_timestamp_seconds", "When the served generation was published.",
                   static_cast<double>(view.served.published_at));
    families.Gauge("slipway_machines_approved", "MAC addresses in the served boot table.",
                   static_cast<double>(view.manifest->boot.size()));
  }
  families.Gauge("slipway_machines_unknown", "Machines seen that no revision names.",
                 static_cast<double>(UnknownMachines(view).size()));
  families.Gauge("slipway_machines_blocked", "Machines blocked on this host.",
                 static_cast<double>(view.blocked.size()));
  AddDhcp(families, view);
  AddWorker(families, view);
  AddEvents(families, view);
  AddForge(families, view);
  MetricFamily& hooks = families.Add("slipway_webhook_requests_total",
                                     "Webhooks, by kind of forge and result.", MetricType::Counter);
  for (const auto& [what, count] : view.hooks) {
    const size_t space = what.find(' ');
    Families::Put(hooks, static_cast<double>(count),
                  {{"provider", what.substr(0, space)}, {"result", what.substr(space + 1)}});
  }
  return prometheus::TextSerializer().Serialize({families.list.begin(), families.list.end()});
}

}  // namespace slipway
