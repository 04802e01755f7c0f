#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "schema/fleet/ipv4.h"
#include "schema/fleet/result.h"

namespace slipway::dns {

/// DNS messages over TCP (RFC 7766): each behind its length. Bounded in connections, in all and per client,
/// and in the time one may say nothing. Lives on the io_context's thread.
class TcpListener : public std::enable_shared_from_this<TcpListener> {
 public:
  static constexpr size_t kMostConnections = 64;
  static constexpr size_t kMostPerClient = 8;
  static constexpr size_t kMostMessage = 4096;

  /// The answer to a message; nothing closes the connection.
  using Handler = std::function<std::optional<std::vector<uint8_t>>(std::span<const uint8_t> message,
                                                                    Ipv4 peer, Ipv4 local)>;

  static Result<std::shared_ptr<TcpListener>> Open(boost::asio::io_context& io, Ipv4 address, uint16_t port,
                                                   Handler handler);
  void Close();

 private:
  class Session;
  TcpListener(boost::asio::io_context& io, Handler handler) : acceptor_(io), handler_(std::move(handler)) {}
  void Accept();
  void OnAccept(boost::asio::ip::tcp::socket socket);

  boost::asio::ip::tcp::acceptor acceptor_;
  Handler handler_;
  size_t open_ = 0;
  std::unordered_map<uint32_t, size_t> per_client_;
};

}  // namespace slipway::dns
