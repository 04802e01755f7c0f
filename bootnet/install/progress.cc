#include "bootnet/install/progress.h"

#include <algorithm>
#include <functional>

namespace slipway {
namespace {

/// Longer than any installation takes; after it a machine has to boot again to be looked for.
constexpr int64_t kLookForSeconds = 24 * 3600;

using Edit = std::function<bool(InstallRecord&)>;  ///< false: nothing changed

std::vector<InstallChange> Change(const std::string& node, const Catalog& catalog, const Installs& installs,
                                  const Edit& edit) {
  std::vector<InstallChange> changes;
  for (const BootEntry* row : catalog.RowsOfNode(node)) {
    InstallRecord record = installs.Find(row->mac);
    if (edit(record)) changes.push_back({row->mac, std::move(record)});
  }
  return changes;
}

bool Raise(uint32_t& number, uint32_t to) {
  if (number >= to) return false;
  number = to;
  return true;
}

const ClusterEntry* FindCluster(const Catalog& catalog, std::string_view name) {
  const auto& clusters = catalog.manifest().clusters;
  const auto found = std::find_if(clusters.begin(), clusters.end(),
                                  [name](const auto& entry) { return entry.name == name; });
  return found == clusters.end() ? nullptr : &*found;
}

}  // namespace

std::vector<InstallChange> InstallProgress::OnServed(const BootEvent& event, const Catalog& catalog,
                                                     const Installs& installs, int64_t now) {
  const auto rows = catalog.RowsOfNode(event.node);
  if (rows.empty() || rows.front()->install_revision == 0) return {};
  const uint32_t wanted = rows.front()->install_revision;
  const std::string address = event.address ? event.address->ToString() : "";
  switch (event.served) {
    case Served::kWipeScript:
      wiping_[event.node] = wanted;
      return {};
    case Served::kInitramfs: {
      const auto wiping = wiping_.find(event.node);
      if (wiping == wiping_.end() || event.bytes < event.size) return {};
      const uint32_t number = wiping->second;
      wiping_.erase(wiping);
      return Change(event.node, catalog, installs,
                    [number](InstallRecord& record) { return Raise(record.wiped, number); });
    }
    case Served::kScript:
      wiping_.erase(event.node);
      return Change(event.node, catalog, installs, [&](InstallRecord& record) {
        record.offered = wanted;
        record.offered_at = now;
        record.address = address;
        return true;
      });
    case Served::kConfig:
      return Change(event.node, catalog, installs, [&](InstallRecord& record) {
        const bool moved = record.address != address;
        record.address = address;
        return record.offered == wanted && (Raise(record.configured, wanted) || moved);
      });
    case Served::kDone:
      return OnEvidence(event.node, wanted, "the machine called /done from " + address, catalog, installs,
                        now);
    case Served::kLocalScript:
    case Served::kOther:
      break;
  }
  return {};
}

std::vector<InstallChange> InstallProgress::OnEvidence(const std::string& node, uint32_t revision,
                                                       const std::string& evidence, const Catalog& catalog,
                                                       const Installs& installs, int64_t now) {
  return Change(node, catalog, installs, [&](InstallRecord& record) {
    if (!Raise(record.completed, revision)) return false;
    record.completed_at = now;
    record.evidence = evidence;
    return true;
  });
}

std::vector<PendingInstall> PendingInstalls(const Catalog& catalog, const Installs& installs, int64_t now) {
  std::vector<PendingInstall> pending;
  for (const BootEntry& row : catalog.manifest().boot) {
    const uint32_t wanted = row.install_revision;
    if (wanted == 0 || (!pending.empty() && pending.back().node == row.node)) continue;
    const InstallRecord record = installs.Find(row.mac);
    if (record.offered != wanted || record.completed >= wanted || now - record.offered_at > kLookForSeconds)
      continue;
    const bool wiped = record.wiped >= wanted;
    const bool wipe_due = !row.wipe_script.empty() && record.offered_at < row.wipe_until;
    if (wipe_due && !(wiped && record.configured >= wanted)) continue;
    const ClusterEntry* cluster = FindCluster(catalog, row.cluster);
    const auto address = row.address ? std::optional(row.address->address) : Ipv4::Parse(record.address);
    if (cluster == nullptr || cluster->os_ca.empty() || !address) continue;
    pending.push_back({row.node, wanted, *address, cluster->os_ca});
  }
  return pending;
}

}  // namespace slipway
