#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>

#include "bootnet/http/answer.h"
#include "bootnet/http/stream.h"

namespace slipway::http {

/// Asio's own types would carry any kind of executor with every operation.
using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

/// One connection: reads a request, asks the gate, sends the answer with sendfile, and so on until either
/// side has had enough. Holds an open file only while it leaves.
/// Its server looks at the clock for it.
class Session : public std::enable_shared_from_this<Session> {
 public:
  /// `ssl` is null for a connection in clear.
  Session(Socket socket, Ipv4 peer, std::shared_ptr<Services> services, std::shared_ptr<SmallFiles> small,
          SslPtr ssl);

  /// Starts on the socket's io_context; `on_end` is called from there when the connection is gone.
  void Start(std::function<void()> on_end);
  void Close();

  /// Ends the connection when its time is over.
  void OnTime(int64_t now_ms);
  /// Since when it does nothing but wait for a request; nothing while one is being read or answered.
  std::optional<int64_t> idle_since_ms() const;

 private:
  enum class Io : uint8_t { kGood, kClosed, kTimedOut };
  template <class T>
  using Task = boost::asio::awaitable<T, Executor>;

  Task<void> Run(std::shared_ptr<Session> self);
  Task<Io> Handshake();
  Task<HeadStatus> ReadHead();
  Task<Io> ReceiveTls();
  Task<Io> Respond(Stream::Moved moved);
  Task<Io> Wait(Stream::Io what);
  Task<void> Linger();

  void BeginResponse();
  Stream::Moved SendNext();
  bool IsSent() const;
  void Arm(int64_t milliseconds);
  void ReportEnd(Io result);

  Socket socket_;
  Stream stream_;
  std::shared_ptr<Services> services_;
  Answerer answerer_;
  std::string buffer_;
  Exchange exchange_;
  size_t sent_of_head_ = 0;  ///< bytes of the current response
  uint64_t sent_ = 0;        ///< of its body
  uint64_t requests_ = 0;
  int64_t deadline_ms_ = 0;
  int64_t idle_since_ms_ = 0;  ///< 0: not idle
  enum class Life : uint8_t { kOpen, kTimedOut, kClosed } life_ = Life::kOpen;
  std::function<void()> on_end_;
};

}  // namespace slipway::http
