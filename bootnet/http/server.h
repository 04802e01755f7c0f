#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <unordered_map>

#include "bootnet/http/session.h"
#include "bootnet/http/tls.h"
#include "bootnet/net/services.h"
#include "schema/fleet/result.h"

namespace slipway::http {

struct ServerOptions {
  Ipv4 address;  ///< 0.0.0.0 for all
  uint16_t port = 8080;
  std::optional<TlsFiles> tls;  ///< speak TLS, with these
};

/// Accepts connections within the limits and gives each a Session. One timer for all of them looks at their
/// deadlines, so that arming one costs nothing.
class Server : public std::enable_shared_from_this<Server> {
 public:
  static Result<std::shared_ptr<Server>> Open(boost::asio::io_context& io, std::shared_ptr<Services> services,
                                              const ServerOptions& options);
  /// Closes the port and every connection.
  void Stop();
  uint16_t port() const { return port_; }

 private:
  Server(boost::asio::io_context& io, std::shared_ptr<Services> services);
  void Accept();
  void AcceptAll();
  void OnAccept(Socket socket);
  void TurnAway(Socket& socket, Ipv4 peer, std::string message);
  bool CloseLongestIdle();
  SslPtr NewTls();
  void LookAtClock();

  boost::asio::io_context& io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  boost::asio::steady_timer clock_;
  std::shared_ptr<Services> services_;
  std::shared_ptr<TlsContext> tls_;  ///< nullptr: in clear
  std::shared_ptr<SmallFiles> small_ = std::make_shared<SmallFiles>();
  std::unordered_map<const Session*, std::weak_ptr<Session>> sessions_;
  uint16_t port_ = 0;
};

}  // namespace slipway::http
