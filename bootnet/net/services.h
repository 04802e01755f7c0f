#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "bootnet/boot_network.h"
#include "bootnet/catalog/loop_guard.h"
#include "bootnet/install/progress.h"
#include "bootnet/install/sightings.h"
#include "bootnet/net/address_book.h"
#include "bootnet/net/event_fold.h"
#include "schema/contract/dns_counters.h"

namespace slipway {

int64_t UnixNow();  ///< seconds

/// The live snapshot: written by any thread, read by the boot network's. The mutex is held for one pointer
/// copy or the making of a three-pointer snapshot (g++ 12's atomic shared_ptr is not clean under TSan).
class LiveSnapshot {
 public:
  explicit LiveSnapshot(Snapshot snapshot) : snapshot_(std::move(snapshot)) {
    counts_installs_ = snapshot_.catalog && snapshot_.catalog->counts_installs();
  }
  Snapshot Get() const {
    const std::lock_guard lock(mutex_);
    Snapshot now = snapshot_;
    now.now = UnixNow();
    return now;
  }
  void SetCatalog(std::shared_ptr<const Catalog> catalog) {
    const std::lock_guard lock(mutex_);
    counts_installs_.store(catalog && catalog->counts_installs(), std::memory_order_relaxed);
    snapshot_.catalog.swap(catalog);  // the former one dies after the lock is gone
  }
  void SetLedger(std::shared_ptr<const Ledger> ledger) {
    const std::lock_guard lock(mutex_);
    snapshot_.ledger.swap(ledger);
  }
  /// Catalog::counts_installs of what is live, without a lock: most fleets count none.
  bool CountsInstalls() const { return counts_installs_.load(std::memory_order_relaxed); }

 private:
  mutable std::mutex mutex_;
  Snapshot snapshot_;
  std::atomic<bool> counts_installs_ = false;
};

/// What every server of the boot network shares. Lives until the last session that holds it is gone.
class Services {
 public:
  Services(const BootNetworkConfig& config, std::function<void(BootEvent)> sink, Snapshot snapshot);

  /// Stamps an event, counts it and hands it to the sink. Equal ones that follow within a second are told
  /// once more, together.
  void Report(BootEvent&& event);
  /// Tells what was held back. Whether more is due.
  enum class Flush : uint8_t { kOne, kSome, kAll };  ///< of those that are due; kAll: of all
  bool FlushRepeats(Flush which);
  /// A boot program was fetched over TFTP or HTTP: tells of a machine that goes in circles.
  void NoteProgram(const Client& client, std::string_view program);
  void NoteScript(const Client& client);

  /// The client behind an address at one of the doors that see no MAC.
  Client Identify(Door door, Ipv4 peer) const;
  /// The same in two steps: what the neighbour table says, and what else is known of that client now.
  /// Where that shows no MAC (a router in between), our leases and relayed requests may.
  PeerIdentity LookUp(Ipv4 peer) const;
  /// A relayed machine took an address.
  void NoteAddress(Ipv4 address, const Mac& mac) { address_book_.Note(address, mac, NowMs()); }
  std::function<std::optional<Mac>(Ipv4)>
      lease_holder;  ///< of our own leases; none where we give no addresses
  Client Describe(Door door, Ipv4 peer, const PeerIdentity& identity) const;

  static int64_t NowMs();     ///< a clock that never goes back
  static int64_t CoarseMs();  ///< the same, some milliseconds behind, for a tenth of the price

  /// A node's Talos API answered with its cluster's certificate.
  void NoteInstalled(const PendingInstall& install);
  std::vector<PendingInstall> PendingNow() const;

  LiveSnapshot live;
  BootLimits limits;
  std::atomic<uint64_t> outcomes[4] = {};  ///< by Outcome
  std::atomic<uint64_t> http_connections = 0;
  std::unordered_map<uint32_t, uint32_t>
      http_per_client;  ///< connections by address; the io_context's thread
  std::atomic<uint64_t> tftp_transfers = 0;
  std::atomic<uint64_t> body_bytes = 0;
  std::array<std::atomic<uint64_t>, kDnsResultNames.size()> dns_queries = {};  ///< by DnsResult

 private:
  std::function<void(BootEvent)> sink_;
  PeerLookup identify_;
  LoopGuard loop_guard_;
  ScriptSightings sightings_;
  AddressBook address_book_;
  InstallProgress progress_;
  std::shared_ptr<Installs> installs_;
  std::function<void(std::vector<InstallChange>)> on_install_;

  void FollowInstall(const BootEvent& event);
  void Keep(std::vector<InstallChange> changes);
  EventFold fold_;
  uint32_t reports_ = 0;
};

}  // namespace slipway
