#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "bootnet/install/progress.h"

namespace slipway {

/// Looks every few seconds for the Talos APIs of machines whose installation may be completed. Lives on the
/// io_context's thread; Stop() before it goes.
class InstallWatcher : public std::enable_shared_from_this<InstallWatcher> {
 public:
  /// What to look for now; asked before each round.
  using Pending = std::function<std::vector<PendingInstall>()>;
  using Found = std::function<void(const PendingInstall&)>;

  InstallWatcher(boost::asio::io_context& io, uint16_t port, std::chrono::milliseconds every, Pending pending,
                 Found found);
  void Start();
  void Stop();

 private:
  void Round();

  boost::asio::io_context& io_;
  boost::asio::steady_timer timer_;
  uint16_t port_;
  std::chrono::milliseconds every_;
  Pending pending_;
  Found found_;
  std::set<std::string> under_way_;  ///< nodes being probed: at most kMost
};

}  // namespace slipway
