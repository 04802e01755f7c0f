#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "bootnet/dhcp/answer.h"
#include "bootnet/dhcp/lease_service.h"
#include "bootnet/dhcp/watcher.h"
#include "bootnet/net/datagram.h"
#include "bootnet/net/rate_cap.h"
#include "bootnet/net/services.h"

namespace slipway::dhcp {

/// What the boot network's setting says of one interface.
enum class Setting : uint8_t {
  kProxy,
  kServer,
  kAuto,     ///< as its watcher says
  kObserve,  ///< what a proxy would answer is recorded, and nothing sent
};
std::string_view ToString(Setting setting);  ///< "proxy", "server", "auto", "observe"

/// What the servers of one interface share. The parts that are missing are not needed by the setting, or
/// could not be opened.
struct LinkParts {
  Setting setting = Setting::kProxy;
  std::shared_ptr<LeaseService> leases;
  std::shared_ptr<Prober> prober;
  std::shared_ptr<Watcher> watcher;
  std::shared_ptr<PacketSocket>
      sender;  ///< reaches clients that have no address yet; else they are broadcast to

  bool GivesAddresses() const;
};

struct ServerOptions {
  Interface interface;
  Port port = Port::kServer;
  uint16_t port_number = 0;
  uint16_t client_port = 68;
  uint16_t http_port = 0;  ///< of the boot face, as bound
};

/// One of the two DHCP sockets of one interface: hands each datagram to AnswerPacket or to the address
/// server, and sends what they say.
class Server {
 public:
  static Result<std::unique_ptr<Server>> Open(boost::asio::io_context& io, std::shared_ptr<Services> services,
                                              const ServerOptions& options, const LinkParts& parts);
  ~Server();

  uint16_t port() const { return socket_->port(); }

 private:
  explicit Server(std::shared_ptr<DatagramSocket> socket) : socket_(std::move(socket)) {}

  std::shared_ptr<DatagramSocket> socket_;
};

}  // namespace slipway::dhcp
