#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reconciler/daemon/channel.h"

namespace slipway {

struct SupervisorSettings {
  std::string program;                  ///< path of the worker's binary
  std::vector<std::string> command;     ///< its argv; `--channel-fd N` is appended
  std::string name = "worker";          ///< in what on_trouble is told
  uint64_t memory_limit = 1ULL << 30U;  ///< bytes resident; above it the worker is killed and started again
  std::chrono::milliseconds grace{5'000};  ///< between SIGTERM and SIGKILL at the end
};

/// Keeps one worker running: starts it, watches its deadlines and its memory, kills it when it hangs or
/// outgrows them, and starts it again with back-off (200 ms doubling to 30 s, reset after a minute of good
/// life). Requests sent while it is away wait for it. Lives on the io_context's thread; every callback comes
/// there.
class Supervisor {
 public:
  struct Callbacks {
    std::function<void(const Message&)> on_message;      ///< everything but step
    std::function<void(const std::string&)> on_trouble;  ///< "the worker was killed: …", for log and page
  };

  Supervisor(boost::asio::io_context& io, SupervisorSettings settings, Callbacks callbacks);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  void Start();
  void Send(const Message& message);
  /// Asks the worker to end (SIGTERM, then SIGKILL) and waits for it, at most `grace` and a little.
  void Stop();

  int restarts() const;
  int worker_pid() const;            ///< 0 while none runs
  uint64_t worker_peak_rss() const;  ///< VmHWM over all workers so far, bytes

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace slipway
