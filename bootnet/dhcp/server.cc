#include "bootnet/dhcp/server.h"

namespace slipway::dhcp {
namespace {

struct Target {
  Ipv4 address;
  uint16_t port = 0;
};

Target TargetOf(const Reply& reply, const Datagram& datagram, const ServerOptions& options) {
  switch (reply.destination) {
    case Destination::kBroadcast:
      // The loopback interface has no broadcasts.
      if (options.interface.address.IsLoopback()) break;
      return {Ipv4{0xffffffff}, options.client_port};
    case Destination::kRelay:
      return {reply.address, options.port_number};
    case Destination::kCiaddr:
      return {reply.address, options.client_port};
    case Destination::kSource:
      break;
  }
  return {datagram.source, datagram.source_port};
}

void Handle(DatagramSocket& socket, Services& services, const ServerOptions& options,
            const Datagram& datagram) {
  const LocalSide local{datagram.local, options.http_port};
  Answer answer = AnswerPacket(datagram.bytes, options.port, local, services.live.Get());
  if (!answer.event.address && !datagram.source.IsUnspecified()) answer.event.address = datagram.source;
  if (answer.reply) {
    const Target target = TargetOf(*answer.reply, datagram, options);
    if (socket.Send(answer.reply->payload, target.address, target.port, datagram.local) !=
        DatagramSocket::Sent::kSent) {
      answer.event.outcome = Outcome::kFailed;
      answer.event.reason = "SendFailed";
      answer.event.message = "the kernel did not take the reply on " + options.interface.name;
    }
  }
  services.Report(std::move(answer.event));
}

}  // namespace

Result<std::unique_ptr<Server>> Server::Open(boost::asio::io_context& io, std::shared_ptr<Services> services,
                                             const ServerOptions& options) {
  DatagramPlace place;
  place.port = options.port_number;
  place.interface = options.interface;
  place.setting =
      options.port == Port::kServer ? "boot.dhcp to off" : "boot.dhcp to off (it needs this port too)";
  auto socket = DatagramSocket::Open(io, place);
  if (!socket) return tl::make_unexpected(socket.error());
  return std::unique_ptr<Server>(new Server(std::move(*socket), std::move(services), options));
}

Server::Server(std::shared_ptr<DatagramSocket> socket, std::shared_ptr<Services> services,
               const ServerOptions& options)
    : socket_(std::move(socket)) {
  socket_->Receive([raw = socket_.get(), services = std::move(services), options](const Datagram& datagram) {
    Handle(*raw, *services, options, datagram);
  });
}

Server::~Server() { socket_->Close(); }

}  // namespace slipway::dhcp
