#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <unordered_map>

#include "bootnet/http/session.h"
#include "bootnet/net/services.h"
#include "schema/fleet/result.h"

namespace slipway::http {

struct ServerOptions {
  Ipv4 address;  ///< 0.0.0.0 for all
  uint16_t port = 8080;
};

/// Accepts connections within the limits and gives each a Session.
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
  void OnAccept(boost::asio::ip::tcp::socket socket);
  void Release(const Session* session, Ipv4 peer);

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::shared_ptr<Services> services_;
  std::unordered_map<const Session*, std::weak_ptr<Session>> sessions_;
  std::unordered_map<uint32_t, uint32_t> per_client_;
  uint16_t port_ = 0;
};

}  // namespace slipway::http
