#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "bootnet/catalog/catalog.h"
#include "bootnet/install/installs.h"
#include "schema/contract/boot_event.h"

namespace slipway {

/// A row of the ledger that has a new value.
struct InstallChange {
  Mac mac;
  InstallRecord record;
  bool operator==(const InstallChange&) const = default;
};

/// An installation that may have been completed, to be looked for on the network.
struct PendingInstall {
  std::string node;
  uint32_t revision = 0;
  Ipv4 address;
  std::string os_ca;  ///< PEM
  bool operator==(const PendingInstall&) const = default;
};

/// Follows machines through their installations: from what they fetched, which proves nothing, to evidence
/// after the fact, which completes a number. Pure: whoever calls brings the clock and writes the changes
/// down. Not thread-safe.
class InstallProgress {
 public:
  /// Something was served, whole. `now` in Unix seconds.
  std::vector<InstallChange> OnServed(const BootEvent& event, const Catalog& catalog,
                                      const Installs& installs, int64_t now);

  /// A node's Talos API answered with a certificate of its cluster, or it called /done.
  static std::vector<InstallChange> OnEvidence(const std::string& node, uint32_t revision,
                                               const std::string& evidence, const Catalog& catalog,
                                               const Installs& installs, int64_t now);

 private:
  std::unordered_map<std::string, uint32_t> wiping_;  ///< node → number whose wiping script it fetched
};

/// Nodes that were offered the number Git asks for and have not completed it. Where a wipe was due, only
/// those that took it and fetched their config since: Talos fetches none while the old installation is there.
std::vector<PendingInstall> PendingInstalls(const Catalog& catalog, const Installs& installs, int64_t now);

}  // namespace slipway
