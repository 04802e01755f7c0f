#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <utility>

#include "bootnet/net/datagram.h"
#include "bootnet/net/services.h"
#include "bootnet/tftp/packet.h"
#include "bootnet/tftp/session.h"

namespace slipway::tftp {

struct ServerOptions {
  Ipv4 address;  ///< 0.0.0.0 for all
  uint16_t port = 69;
};

/// Hears requests and starts one Session for each that the gate lets through.
class Server : public std::enable_shared_from_this<Server> {
 public:
  static Result<std::shared_ptr<Server>> Open(boost::asio::io_context& io, std::shared_ptr<Services> services,
                                              const ServerOptions& options);
  /// Ends every transfer and closes the port.
  void Stop();
  uint16_t port() const { return socket_->port(); }

 private:
  using Key = std::pair<Ipv4, uint16_t>;  ///< the peer; never two transfers for one

  Server(boost::asio::io_context& io, std::shared_ptr<DatagramSocket> socket,
         std::shared_ptr<Services> services);
  void OnDatagram(const Datagram& datagram);
  void OnRequest(const Datagram& datagram, const ReadRequest& request);
  /// What the gate let through.
  struct Grant {
    Client client;
    Opener opener;
    uint64_t size = 0;
    std::string program;
    BootEvent event;
  };
  void Begin(const Datagram& datagram, const ReadRequest& request, Grant grant);
  void Refuse(const Datagram& datagram, ErrorCode code, BootEvent event);
  bool HasRoomFor(Ipv4 peer) const;

  boost::asio::io_context& io_;
  std::shared_ptr<DatagramSocket> socket_;
  std::shared_ptr<Services> services_;
  std::map<Key, std::shared_ptr<Session>> sessions_;
};

}  // namespace slipway::tftp
