#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "bootnet/net/rate_cap.h"
#include "bootnet/net/services.h"
#include "bootnet/tftp/packet.h"
#include "bootnet/tftp/session.h"
#include "bootnet/tftp/socket.h"

namespace slipway::tftp {

struct ServerOptions {
  Ipv4 address;  ///< 0.0.0.0 for all
  uint16_t port = 69;
  TftpPorts ports;
};

/// Hears requests and runs one Session for each that the gate lets through: each on a port of its own
/// (RFC 1350 §4), or all on the server's port, which passes NAT and strict firewalls.
class Server : public std::enable_shared_from_this<Server> {
 public:
  static Result<std::shared_ptr<Server>> Open(boost::asio::io_context& io, std::shared_ptr<Services> services,
                                              const ServerOptions& options);
  /// Ends every transfer and closes the port.
  void Stop();
  uint16_t port() const { return socket_->port(); }

 private:
  using Key = std::pair<Ipv4, uint16_t>;  ///< the peer; never two transfers for one
  using Sessions = std::map<Key, std::shared_ptr<Session>>;

  Server(boost::asio::io_context& io, std::shared_ptr<Socket> socket, std::shared_ptr<Services> services,
         const ServerOptions& options);
  void OnDatagram(const Peer& peer, std::span<const uint8_t> bytes);
  /// Whether this source has asked too often lately.
  bool IsOverRate(const Peer& peer);
  void OnRequest(const Peer& peer, std::span<const uint8_t> bytes, const ReadRequest& request);
  /// Single-port mode: gives a packet to its transfer. False where there is none.
  bool GoesOn(const Peer& peer, std::span<const uint8_t> bytes);
  /// Somebody's mistake.
  void OnOther(const Peer& peer, std::span<const uint8_t> bytes, RequestError error);
  void OnTransferPort(const std::shared_ptr<Session>& session, const Peer& peer,
                      std::span<const uint8_t> bytes);

  struct Grant;  ///< what the gate let through
  std::optional<Grant> Ask(const Peer& peer, const ReadRequest& request);
  void Begin(const Peer& peer, std::span<const uint8_t> bytes, const ReadRequest& request, Grant grant);
  void Refuse(const Peer& peer, ErrorCode code, BootEvent event);
  bool MakeRoomFor(Ipv4 peer);
  Result<std::shared_ptr<Socket>> SocketFor(const Peer& peer);

  void After(const std::shared_ptr<Session>& session);
  void Forget(const std::shared_ptr<Session>& session);
  void ExpectPeers();
  void WakeAt(int64_t time_ms);
  void OnWake();

  boost::asio::io_context& io_;
  std::shared_ptr<Socket> socket_;
  std::shared_ptr<Services> services_;
  std::shared_ptr<ContentCache> contents_ = std::make_shared<ContentCache>();
  ServerOptions options_;
  RateCap rate_;
  uint16_t next_port_ = 0;  ///< of the range
  Sessions sessions_;
  /// One timer for all: it rings no later than the earliest deadline, and looks at everybody's then. Moving a
  /// deadline on, which every ACK does, costs nothing.
  boost::asio::steady_timer timer_;
  int64_t wake_ms_ = std::numeric_limits<int64_t>::max();
};

}  // namespace slipway::tftp
