#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bootnet/dhcp/lease_server.h"
#include "bootnet/dhcp/lease_store.h"
#include "bootnet/net/prober.h"
#include "bootnet/net/services.h"

namespace slipway::dhcp {

/// The address server of all interfaces: hands packets to LeaseServer, probes what it wants probed, and lets
/// no ACK go before its lease is on disk. Lives on the io_context's thread.
class LeaseService : public std::enable_shared_from_this<LeaseService> {
 public:
  static std::shared_ptr<LeaseService> Make(boost::asio::io_context& io, std::shared_ptr<Services> services,
                                            const LeaseSettings& settings, std::string path);

  /// Reads the leases; nothing is answered before. Call again after an error.
  Result<void> Open();
  bool is_open() const { return store_ != nullptr; }

  /// The addresses of this host, which nobody else may have.
  void SetOwn(std::vector<Ipv4> own);
  bool IsOwn(Ipv4 address) const;

  /// Who has a lease of an address now; nothing for addresses that we did not give.
  std::optional<Mac> HolderOf(Ipv4 address) const;

  /// Sends a reply where there is one, and reports the event.
  using Send = std::function<void(std::optional<Reply>, BootEvent)>;
  struct Side {
    LocalSide local;
    Scope scope = Scope::kEverything;
    std::shared_ptr<Prober> prober;
    Send send;
  };
  void Handle(const Packet& packet, const Side& side);

  /// Probes some free addresses of the subnet around `local` ahead of their time.
  void KeepReady(Ipv4 local, const std::shared_ptr<Prober>& prober);

  /// Whether the served revision has a range in the subnet around `local`.
  bool HasRange(Ipv4 local);

  std::vector<PoolStatus> Pools();
  std::string trouble() const;  ///< why leases cannot be kept, "" when they can

  std::optional<int64_t> Number(const std::string& name) const;  ///< remembered beside the leases
  void Remember(const std::string& name, int64_t value);

  /// Unix seconds by the clock at the start, counted on by one that nobody sets.
  int64_t Now() const;

 private:
  LeaseService(boost::asio::io_context& io, std::shared_ptr<Services> services, const LeaseSettings& settings,
               std::string path);
  void Run(const Packet& packet, const Side& side, int rounds);
  void FollowCatalog(const Snapshot& snapshot);
  void NoteProbe(Ipv4 address, std::optional<Mac> user);
  void Keep(LeaseStep step, const Side& side);

  boost::asio::io_context& io_;
  std::shared_ptr<Services> services_;
  LeaseServer server_;
  std::string path_;
  std::unique_ptr<LeaseStore> store_;
  std::map<std::string, int64_t> numbers_;
  std::string open_trouble_;
  std::vector<Ipv4> own_;
  std::shared_ptr<const Catalog> planned_;  ///< what the plan was made of
  int64_t unix_start_;
  int64_t boot_start_;
};

}  // namespace slipway::dhcp
