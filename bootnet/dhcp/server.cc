#include "bootnet/dhcp/server.h"

#include "bootnet/net/frames.h"

namespace slipway::dhcp {
namespace {

/// Where a datagram came from, kept for the answer.
struct Sender {
  Ipv4 source;
  uint16_t source_port = 0;
  Ipv4 local;
};

struct Target {
  Ipv4 address;
  uint16_t port = 0;
};

/// The state behind one socket; lives as long as an answer is under way.
class Desk : public std::enable_shared_from_this<Desk> {
 public:
  Desk(std::shared_ptr<DatagramSocket> socket, std::shared_ptr<Services> services,
       const ServerOptions& options, const LinkParts& parts)
      : socket_(std::move(socket)), services_(std::move(services)), options_(options), parts_(parts) {}

  void Handle(const Datagram& datagram);

 private:
  bool WithinCap(const Packet& packet);
  std::optional<Target> TargetOf(const Reply& reply, const Sender& sender) const;
  bool Deliver(const Reply& reply, const Sender& sender);
  void Finish(std::optional<Reply> reply, BootEvent&& event, const Sender& sender);
  void Observe(const Packet& packet);

  std::shared_ptr<DatagramSocket> socket_;
  std::shared_ptr<Services> services_;
  ServerOptions options_;
  LinkParts parts_;
  RateCap cap_{{}};
  Packet packet_;  ///< the one at hand
};

/// A forged packet must not make us send to everybody.
bool MayReceive(const Interface& interface, Ipv4 address) {
  if (interface.address.IsLoopback()) return address.IsLoopback();
  const Ipv4Prefix network{interface.address, interface.prefix_length};
  const bool broadcast =
      network.length < 31 && (address == network.Broadcast() || address == network.Network());
  return IsUnicast(address) && !broadcast && address != interface.address;
}

std::optional<Target> Desk::TargetOf(const Reply& reply, const Sender& sender) const {
  Target target{sender.source, sender.source_port};
  switch (reply.destination) {
    case Destination::kBroadcast:
    case Destination::kYiaddr:
      // The loopback interface has no broadcasts.
      if (options_.interface.address.IsLoopback()) break;
      return Target{Ipv4{0xffffffff}, options_.client_port};
    case Destination::kRelay:
      target = {reply.address, options_.port_number};
      break;
    case Destination::kCiaddr:
      target = {reply.address, options_.client_port};
      break;
    case Destination::kSource:
      break;
  }
  if (!MayReceive(options_.interface, target.address)) return std::nullopt;
  return target;
}

bool Desk::Deliver(const Reply& reply, const Sender& sender) {
  if (reply.destination == Destination::kYiaddr && parts_.sender && !parts_.sender->own_mac().IsZero()) {
    return parts_.sender->Send(
        BuildUdpFrame({parts_.sender->own_mac(), reply.mac, sender.local, reply.address, options_.port_number,
                       options_.client_port, reply.payload}));
  }
  const auto target = TargetOf(reply, sender);
  return target && socket_->Send(reply.payload, target->address, target->port, sender.local) ==
                       DatagramSocket::Sent::kSent;
}

void Desk::Finish(std::optional<Reply> reply, BootEvent&& event, const Sender& sender) {
  if (!event.address && !sender.source.IsUnspecified()) event.address = sender.source;
  if (parts_.setting == Setting::kObserve && reply) {
    reply.reset();
    event.outcome = Outcome::kIgnored;
    event.message += "; boot.dhcp is observe, so the answer was not sent";
    event.bytes = 0;
  }
  if (reply && !Deliver(*reply, sender)) {
    event.outcome = Outcome::kFailed;
    event.reason = "SendFailed";
    event.message = TargetOf(*reply, sender)
                        ? "the kernel did not take the reply on " + options_.interface.name
                        : "the packet asks for an answer to an address that is no machine's";
  }
  services_->Report(std::move(event));
}

bool Desk::WithinCap(const Packet& packet) {
  const RateCap::Verdict verdict = cap_.Take(std::hash<Mac>{}(packet.mac), Services::NowMs());
  if (verdict == RateCap::Verdict::kTell) {
    BootEvent event;
    event.door = options_.port == Port::kServer ? Door::kDhcp : Door::kPxe;
    event.mac = packet.mac;
    event.reason = "TooManyRequests";
    event.message = packet.mac.ToColons() + " asks more often than any machine does; it is passed over";
    services_->Report(std::move(event));
  }
  return verdict == RateCap::Verdict::kPass;
}

/// Who else gives addresses here, as its clients say.
void Desk::Observe(const Packet& packet) {
  if (!parts_.watcher || !packet.giaddr.IsUnspecified()) return;
  if (const auto peer = ReadAutoPeer(packet)) parts_.watcher->NotePeer(*peer);
  if (packet.type != MessageType::kRequest) return;
  const auto server = packet.options.Address(kOptServerId);
  if (server && *server != options_.interface.address && IsUnicast(*server))
    parts_.watcher->NoteRequest(*server);
}

/// Behind a relay nothing but its own request says which machine has an address.
void NoteRelayed(const Packet& packet, Services& services) {
  if (packet.giaddr.IsUnspecified() || packet.type != MessageType::kRequest) return;
  const Ipv4 taken = packet.options.Address(kOptRequestedAddress).value_or(packet.ciaddr);
  if (IsUnicast(taken)) services.NoteAddress(taken, packet.mac);
}

void Desk::Handle(const Datagram& datagram) {
  const Sender sender{datagram.source, datagram.source_port, datagram.local};
  const auto arrival = datagram.sent_to == datagram.local ? Arrival::kUnicast : Arrival::kBroadcast;
  const LocalSide local{datagram.local, options_.http_port, arrival};
  Packet& packet = packet_;
  if (!Parse(datagram.bytes, packet)) {
    Answer answer = AnswerPacket(datagram.bytes, options_.port, local, services_->live.Get());
    return Finish(std::nullopt, std::move(answer.event), sender);
  }
  if (!WithinCap(packet)) return;
  if (options_.port == Port::kServer) Observe(packet);
  NoteRelayed(packet, *services_);
  if (options_.port == Port::kPxe || !parts_.GivesAddresses()) {
    Answer answer = AnswerPacket(packet, options_.port, local, services_->live.Get());
    return Finish(std::move(answer.reply), std::move(answer.event), sender);
  }
  const Scope scope = parts_.setting == Setting::kAuto ? Scope::kOwnRanges : Scope::kEverything;
  parts_.leases->Handle(packet,
                        {local, scope, parts_.prober,
                         [weak = weak_from_this(), sender](std::optional<Reply> reply, BootEvent event) {
                           const auto self = weak.lock();
                           // The role may have changed while the disk or the network was asked.
                           if (!self) return;
                           if (!self->parts_.GivesAddresses()) reply.reset();
                           self->Finish(std::move(reply), std::move(event), sender);
                         }});
}

}  // namespace

std::string_view ToString(Setting setting) {
  switch (setting) {
    case Setting::kProxy:
      return "proxy";
    case Setting::kServer:
      return "server";
    case Setting::kAuto:
      return "auto";
    case Setting::kObserve:
      return "observe";
  }
  return "proxy";
}

bool LinkParts::GivesAddresses() const {
  if (!leases || !leases->is_open()) return false;
  return setting == Setting::kServer ||
         (setting == Setting::kAuto && watcher && watcher->AutoRole() == Role::kServer);
}

Result<std::unique_ptr<Server>> Server::Open(boost::asio::io_context& io, std::shared_ptr<Services> services,
                                             const ServerOptions& options, const LinkParts& parts) {
  DatagramPlace place;
  place.port = options.port_number;
  place.interface = options.interface;
  place.setting =
      options.port == Port::kServer ? "boot.dhcp to off" : "boot.dhcp to off (it needs this port too)";
  auto socket = DatagramSocket::Open(io, place);
  if (!socket) return tl::make_unexpected(socket.error());
  const auto desk = std::make_shared<Desk>(*socket, std::move(services), options, parts);
  (*socket)->Receive([desk](const Datagram& datagram) { desk->Handle(datagram); });
  return std::unique_ptr<Server>(new Server(std::move(*socket)));
}

Server::~Server() { socket_->Close(); }

}  // namespace slipway::dhcp
