#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "bootnet/catalog/unique_fd.h"
#include "bootnet/http/plan.h"
#include "bootnet/http/request_head.h"
#include "bootnet/net/services.h"

namespace slipway::http {

/// One connection: reads a request, asks the gate, sends the answer with sendfile, and so on until either
/// side has had enough. Holds a buffer only while a head is arriving, and an open file only while it leaves.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(boost::asio::ip::tcp::socket socket, Ipv4 peer, std::shared_ptr<Services> services);

  /// Starts on the socket's io_context; `on_end` is called from there when the connection is gone.
  void Start(std::function<void()> on_end);
  void Close();

 private:
  enum class Io : uint8_t { kGood, kClosed, kTimedOut };
  struct Exchange;  ///< one request and what becomes of it

  boost::asio::awaitable<void> Run(std::shared_ptr<Session> self);
  boost::asio::awaitable<HeadStatus> ReadHead(RequestHead& head);
  boost::asio::awaitable<Io> Send(std::string bytes, int flags);
  boost::asio::awaitable<Io> SendFile(const Exchange& exchange);
  boost::asio::awaitable<Io> Wait(boost::asio::ip::tcp::socket::wait_type what);
  boost::asio::awaitable<Io> Respond(Exchange& exchange);
  boost::asio::awaitable<void> Linger();

  Exchange Answer(HeadStatus status, const RequestHead& head);
  void AnswerPath(const RequestHead& head, Exchange& exchange);
  void AnswerFile(const RequestHead& head, const Decision& decision, const Client& client,
                  const Snapshot& snapshot, Exchange& exchange);
  void Arm(int64_t milliseconds);
  void ReportEnd(Exchange& exchange, Io result);

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  Ipv4 peer_;
  std::shared_ptr<Services> services_;
  std::string buffer_;
  uint64_t sent_ = 0;  ///< body bytes of the current response
  enum class Life : uint8_t { kOpen, kTimedOut } life_ = Life::kOpen;
  std::function<void()> on_end_;
};

/// What a client over the limits gets before it is let go: 503 with Retry-After.
std::string BusyResponse();

}  // namespace slipway::http
