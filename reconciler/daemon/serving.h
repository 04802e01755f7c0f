#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "bootnet/boot_network.h"
#include "bootnet/catalog/catalog.h"
#include "reconciler/daemon/blocked.h"
#include "reconciler/daemon/config.h"
#include "reconciler/status/journal.h"
#include "reconciler/status/view.h"

namespace slipway {

/// What is being served, and what is known of it: the live catalog, the blocked machines, the journal, and
/// the worker's last word. Everything public may be called from any thread.
class Serving {
 public:
  Serving(const DaemonConfig& config, BootNetwork& network, Journal& journal, BlockedMachines blocked);

  /// Loads the generation that `current` points at, if it is another than the live one, and makes it live.
  /// The old one stays live on any error. Slow for large fleets: never call it on the boot network's thread.
  Result<void> Reload();

  /// What is live; nullptr before the first generation.
  std::shared_ptr<const Catalog> catalog() const;

  /// By MAC, what the console of an unknown machine says of its pull request.
  void SetPulls(std::unordered_map<Mac, std::string> lines);

  Result<void> Block(const Mac& mac);
  Result<void> Unblock(const Mac& mac);

  void SetWorker(bool running, int restarts);
  /// When the worker last saw the remote, and when it looks again; Unix seconds.
  void SetLooked(int64_t last_fetch_at, int64_t next_fetch_at);
  void SetServers(std::vector<ServerState> servers);
  void SetDhcp(DhcpStatus dhcp);
  void SetWorkerTrouble(std::string trouble);

  StatusView View() const;

 private:
  std::string CurrentTarget() const;
  void NoteHistory(const Catalog* before, const Catalog& now);
  void ApplyLedger();

  const DaemonConfig& config_;
  BootNetwork& network_;
  Journal& journal_;
  const int64_t started_at_;
  std::mutex reload_mutex_;  ///< one reload at a time
  mutable std::mutex mutex_;
  BlockedMachines blocked_;
  std::unordered_map<Mac, std::string> pulls_;
  std::string live_target_;
  std::shared_ptr<const Catalog> catalog_;
  std::vector<ServerState> servers_;
  DhcpStatus dhcp_;
  bool worker_running_ = false;
  int worker_restarts_ = 0;
  std::string worker_trouble_;
  int64_t last_fetch_at_ = 0;
  int64_t next_fetch_at_ = 0;
};

}  // namespace slipway
