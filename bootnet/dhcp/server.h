#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "bootnet/dhcp/answer.h"
#include "bootnet/net/datagram.h"
#include "bootnet/net/services.h"

namespace slipway::dhcp {

struct ServerOptions {
  Interface interface;
  Port port = Port::kServer;
  uint16_t port_number = 0;
  uint16_t client_port = 68;
  uint16_t http_port = 0;  ///< of the boot face, as bound
};

/// One of the two DHCP sockets of one interface: hands each datagram to AnswerPacket and sends what it says.
class Server {
 public:
  static Result<std::unique_ptr<Server>> Open(boost::asio::io_context& io, std::shared_ptr<Services> services,
                                              const ServerOptions& options);
  ~Server();

  uint16_t port() const { return socket_->port(); }

 private:
  Server(std::shared_ptr<DatagramSocket> socket, std::shared_ptr<Services> services,
         const ServerOptions& options);

  std::shared_ptr<DatagramSocket> socket_;
};

}  // namespace slipway::dhcp
