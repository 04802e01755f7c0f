#include "bootnet/net/prober.h"

#include <array>

#include "bootnet/net/frames.h"

namespace slipway {
namespace {

namespace asio = boost::asio;

constexpr size_t kMostChecks = 1024;
constexpr size_t kMostWaiting = 4;  // for one address: a machine that asks again meanwhile
constexpr int kQuestions = 2;
constexpr auto kBetween = std::chrono::milliseconds(200);
constexpr uint8_t kEchoRequest = 8;
constexpr uint8_t kEchoReply = 0;
constexpr uint8_t kEchoId = 0x5c;

}  // namespace

Prober::Prober(asio::io_context& io, const Interface& interface, std::shared_ptr<PacketSocket> arp)
    : io_(io), network_{interface.address, interface.prefix_length}, arp_(std::move(arp)), echo_(io) {}

Result<std::shared_ptr<Prober>> Prober::Open(asio::io_context& io, const Interface& interface) {
  auto arp = PacketSocket::Open(io, interface, FrameKind::kArp);
  if (!arp) return tl::make_unexpected(arp.error());
  std::shared_ptr<Prober> made(new Prober(io, interface, std::move(*arp)));
  made->arp_->Receive([weak = std::weak_ptr(made)](std::span<const uint8_t> frame) {
    const auto self = weak.lock();
    const auto sender = self ? ParseArp(frame) : std::nullopt;
    if (!sender) return;
    // Somebody else's probe for the same address is an answer too (RFC 5227 §2.1.1).
    const Ipv4 used = sender->address.IsUnspecified() ? sender->target : sender->address;
    self->Finish(used, sender->mac);
  });
  boost::system::error_code error;
  made->echo_.open(asio::ip::icmp::v4(), error);
  if (!error) made->echo_.non_blocking(true, error);
  if (!error) made->ReceiveEcho();
  return made;
}

void Prober::Close() {
  arp_->Close();
  boost::system::error_code ignored;
  echo_.close(ignored);
  checks_.clear();
}

bool Prober::Check(Ipv4 address, Done done) {
  const auto under_way = checks_.find(address.value);
  if (under_way != checks_.end()) {
    if (under_way->second.waiting.size() >= kMostWaiting) return false;
    under_way->second.waiting.push_back(std::move(done));
    return true;
  }
  if (checks_.size() >= kMostChecks) return false;
  PendingCheck& check = checks_.try_emplace(address.value, io_).first->second;
  check.waiting.push_back(std::move(done));
  Ask(address, check);
  return true;
}

void Prober::Ask(Ipv4 address, PendingCheck& check) {
  if (check.sent == kQuestions) return Finish(address, std::nullopt);
  ++check.sent;
  if (network_.Contains(address)) {
    arp_->Send(BuildArpProbe(arp_->own_mac(), address));
  } else {
    SendEcho(address);
  }
  check.timer.expires_after(kBetween);
  check.timer.async_wait([weak = weak_from_this(), address](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self) return;
    const auto found = self->checks_.find(address.value);
    if (found != self->checks_.end()) self->Ask(address, found->second);
  });
}

void Prober::SendEcho(Ipv4 address) {
  std::array<uint8_t, 16> request{kEchoRequest, 0, 0, 0, kEchoId, kEchoId, 0, 1};
  const uint16_t sum = InternetChecksum(request);
  request[2] = static_cast<uint8_t>(sum >> 8U);
  request[3] = static_cast<uint8_t>(sum);
  boost::system::error_code ignored;
  echo_.send_to(asio::buffer(request), {asio::ip::address_v4(address.value), 0}, 0, ignored);
}

void Prober::ReceiveEcho() {
  echo_.async_wait(
      asio::ip::icmp::socket::wait_read, [weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (error || !self || !self->echo_.is_open()) return;
        std::array<uint8_t, 2048> buffer;
        asio::ip::icmp::endpoint from;
        boost::system::error_code failed;
        const size_t n = self->echo_.receive_from(asio::buffer(buffer), from, 0, failed);
        const size_t header = 4U * (buffer[0] & 15U);
        // The header of IP comes with it.
        if (!failed && n >= header + 8 && buffer[header] == kEchoReply && buffer[header + 4] == kEchoId) {
          self->Finish({from.address().to_v4().to_uint()}, Mac{});
        }
        self->ReceiveEcho();
      });
}

void Prober::Finish(Ipv4 address, std::optional<Mac> user) {
  const auto found = checks_.find(address.value);
  if (found == checks_.end()) return;
  const std::vector<Done> waiting = std::move(found->second.waiting);
  checks_.erase(found);
  for (const Done& done : waiting) done(user);
}

}  // namespace slipway
