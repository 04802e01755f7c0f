// Datagrams of four clients to the real TFTP server on loopback: a byte that says which client and whether
// the packet goes to the server's port or to the port that last answered it, a length, the bytes. Every input
// is played in both port modes.
#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <span>

#include "bootnet/tftp/server.h"
#include "tests/fuzz/wire.h"

namespace slipway::tftp {
namespace {

using fuzz::Expect;

constexpr size_t kClients = 4;
constexpr uint32_t kTransfers = 3;

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  out.sin_port = htons(port);
  return out;
}

struct Client {
  int fd = -1;
  uint16_t transfer_port = 0;
};

class World {
 public:
  explicit World(TftpPorts::Mode mode) {
    BootLimits limits;
    limits.tftp_transfers = kTransfers;
    services_ = fuzz::ServicesOfSite(limits);
    auto server = Server::Open(io_, services_, {Ipv4{INADDR_LOOPBACK}, 0, {mode, {}}});
    Expect(server.has_value());
    server_ = *server;
    for (Client& client : clients_) {
      client.fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      const sockaddr_in own = Loopback(0);
      Expect(::bind(client.fd, reinterpret_cast<const sockaddr*>(&own), sizeof(own)) == 0);
    }
  }

  void Play(std::span<const uint8_t> input) {
    while (input.size() >= 2) {
      Client& client = clients_[input[0] % kClients];
      const bool to_transfer = (input[0] & 0x80U) != 0;
      const size_t length = std::min<size_t>(input[1], input.size() - 2);
      Send(client, to_transfer ? client.transfer_port : server_->port(), input.subspan(2, length));
      input = input.subspan(2 + length);
      fuzz::Settle(io_);
      Expect(services_->tftp_transfers <= kTransfers);
      for (Client& each : clients_) Hear(each);
    }
    // Everybody leaves: nothing may stay behind.
    static constexpr std::array<uint8_t, 5> kLeave{0, 5, 0, 0, 0};
    for (Client& client : clients_) {
      Send(client, server_->port(), kLeave);
      if (client.transfer_port != 0) Send(client, client.transfer_port, kLeave);
    }
    fuzz::Settle(io_);
    for (Client& client : clients_) Hear(client);
  }

 private:
  void Send(const Client& client, uint16_t port, std::span<const uint8_t> bytes) {
    if (port == 0) return;
    const sockaddr_in to = Loopback(port);
    ::sendto(client.fd, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof(to));
  }

  void Hear(Client& client) {
    std::array<uint8_t, 65'536> packet;
    for (;;) {
      sockaddr_in from{};
      socklen_t length = sizeof(from);
      const ssize_t n =
          ::recvfrom(client.fd, packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
      if (n < 0) return;
      client.transfer_port = ntohs(from.sin_port);
      Expect(n >= 4 && packet[0] == 0 && packet[1] >= 3 && packet[1] <= 6 && packet[1] != 4);
      Expect(packet[1] != 3 || n <= 4 + 1468);
    }
  }

  boost::asio::io_context io_{1};
  std::shared_ptr<Services> services_;
  std::shared_ptr<Server> server_;
  std::array<Client, kClients> clients_;
};

}  // namespace
}  // namespace slipway::tftp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using slipway::TftpPorts;
  static slipway::tftp::World own(TftpPorts::Mode::kOwn);
  static slipway::tftp::World single(TftpPorts::Mode::kSingle);
  own.Play({data, size});
  single.Play({data, size});
  return 0;
}
