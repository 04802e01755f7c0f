#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "schema/fleet/result.h"

namespace slipway {

/// What an operator asked on the host: one line of JSON each way, then the connection closes.
struct OperatorRequest {
  std::string verb;  ///< sync, rollback, suspend, resume, accept, block, unblock, status
  std::string argument;
  bool include_withdrawn = false;
  std::string by;           ///< the peer's user, from the kernel
  int64_t for_seconds = 0;  ///< of suspend; 0: until resumed
};

struct OperatorReply {
  bool ok = false;
  std::string message;  ///< for people; for `status` the JSON document
};

inline constexpr const char* kOperatorSocketName = "slipway.sock";

/// A unix socket (mode 0600) on the io_context's thread. `handler` gets each request and a function that
/// sends the reply, once, now or later, from the same thread.
class OperatorSocket {
 public:
  using Answer = std::function<void(OperatorReply)>;
  using Handler = std::function<void(OperatorRequest, Answer)>;

  OperatorSocket(boost::asio::io_context& io, Handler handler);
  ~OperatorSocket();

  /// A stale socket of a daemon that is gone is replaced.
  Result<void> Listen(const std::string& path);
  void Close();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// The other end, for the command line: asks and waits for the reply.
Result<OperatorReply> AskDaemon(const std::string& state_dir, const OperatorRequest& request,
                                std::chrono::seconds timeout);

}  // namespace slipway
