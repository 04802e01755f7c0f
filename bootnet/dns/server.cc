#include "bootnet/dns/server.h"

#include "bootnet/dns/answer.h"
#include "bootnet/dns/message.h"
#include "bootnet/net/rate_cap.h"

namespace slipway::dns {
namespace {

/// A resolver that asks for a whole site stands behind one address.
constexpr RateCap::Limits kPerSource{500, 2000};
constexpr int kPortTries = 500;  ///< where the kernel is to choose the port

DnsResult ResultOf(std::span<const uint8_t> answer) {
  switch (static_cast<Rcode>(answer[3] & 0xfU)) {
    case Rcode::kNoError:
      return DnsResult::kAnswered;
    case Rcode::kNxDomain:
      return DnsResult::kNoSuchName;
    case Rcode::kFormErr:
      return DnsResult::kMalformed;
    default:
      return DnsResult::kRefused;
  }
}

/// What UDP and TCP share.
struct Desk {
  std::shared_ptr<ZoneSource> zones;
  RateCap cap{kPerSource};

  std::optional<std::vector<uint8_t>> Handle(std::span<const uint8_t> message, Transport transport, Ipv4 peer,
                                             Ipv4 local) {
    const bool may_ask = cap.Take(peer.value, Services::NowMs()) == RateCap::Verdict::kPass;
    auto answer = may_ask ? Answer(message, transport, zones->Get(), local) : std::nullopt;
    zones->Count(answer ? ResultOf(*answer) : DnsResult::kPassedOver);
    return answer;
  }
};

/// A forged source must not make us send to everybody.
bool MayReceive(const std::optional<Interface>& interface, Ipv4 peer) {
  if (peer.IsUnspecified() || peer.value >> 28U >= 0xe) return false;
  if (!interface || interface->prefix_length > 30) return true;
  return peer != Ipv4Prefix{interface->address, interface->prefix_length}.Broadcast();
}

}  // namespace

const Zone& ZoneSource::Get() {
  auto catalog = services_->live.Get().catalog;
  if (catalog && catalog != made_of_) {
    zone_ = Zone(catalog->manifest());
    made_of_ = std::move(catalog);
  }
  return zone_;
}

Result<std::unique_ptr<Server>> Server::Open(boost::asio::io_context& io, std::shared_ptr<ZoneSource> zones,
                                             const ServerOptions& options) {
  DatagramPlace place;
  place.address = options.address;
  place.port = options.port;
  place.interface = options.interface;
  place.setting = "boot.dns_port";
  const auto desk = std::make_shared<Desk>(Desk{std::move(zones)});
  const TcpListener::Handler over_tcp = [desk](std::span<const uint8_t> message, Ipv4 peer, Ipv4 local) {
    return desk->Handle(message, Transport::kTcp, peer, local);
  };
  auto udp = DatagramSocket::Open(io, place);
  if (!udp) return tl::make_unexpected(udp.error());
  auto tcp = TcpListener::Open(io, options.address, (*udp)->port(), over_tcp);
  // A port that the kernel chose for UDP may be taken for TCP, also by a connection that is over.
  for (int more = kPortTries; !tcp && options.port == 0 && more > 0; --more) {
    (*udp)->Close();
    udp = DatagramSocket::Open(io, place);
    if (!udp) return tl::make_unexpected(udp.error());
    tcp = TcpListener::Open(io, options.address, (*udp)->port(), over_tcp);
  }
  if (!tcp) {
    (*udp)->Close();
    return tl::make_unexpected(tcp.error());
  }
  (*udp)->Receive([raw = udp->get(), desk, interface = options.interface](const Datagram& datagram) {
    if (datagram.sent_to != datagram.local || !MayReceive(interface, datagram.source)) return;
    const auto answer = desk->Handle(datagram.bytes, Transport::kUdp, datagram.source, datagram.local);
    if (answer) raw->Send(*answer, datagram.source, datagram.source_port, datagram.local);
  });
  return std::unique_ptr<Server>(new Server(std::move(*udp), std::move(*tcp)));
}

Server::~Server() {
  udp_->Close();
  tcp_->Close();
}

}  // namespace slipway::dns
