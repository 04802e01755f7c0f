#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <string>

#include "reconciler/daemon/forge_side.h"
#include "reconciler/daemon/operator_socket.h"
#include "reconciler/daemon/serving.h"
#include "reconciler/daemon/supervisor.h"

namespace slipway {

/// What operators may ask, and how each request is answered: block at once, by the daemon itself; sync,
/// rollback, suspend, resume and accept by the worker, answered when what they brought is live; propose by
/// the forge's process. On the io_context's thread.
class Operators {
 public:
  /// `loader` runs what is too slow for the io_context's thread.
  Operators(boost::asio::io_context& io, boost::asio::thread_pool& loader, Serving& serving,
            Supervisor& supervisor, ForgeSide& forge)
      : io_(io), loader_(loader), serving_(serving), supervisor_(supervisor), forge_(forge) {}

  void Handle(OperatorRequest request, OperatorSocket::Answer answer);

  /// The worker's `done`: the answer goes out once the live catalog is what the worker left.
  void OnDone(const Message& done);
  /// A child process is gone: whoever waits for it is told so.
  enum class Child : uint8_t { kWorker, kForge };
  void OnGone(Child child, const std::string& trouble);

 private:
  void Forward(const OperatorRequest& request, OperatorSocket::Answer answer);
  void AnswerPropose(const OperatorRequest& request, OperatorSocket::Answer answer);
  void AnswerBlock(const OperatorRequest& request, const OperatorSocket::Answer& answer);

  boost::asio::io_context& io_;
  boost::asio::thread_pool& loader_;
  Serving& serving_;
  Supervisor& supervisor_;
  ForgeSide& forge_;
  std::map<std::string, OperatorSocket::Answer> waiting_;  ///< by token
  uint64_t next_token_ = 1;
};

}  // namespace slipway
