#include "bootnet/dhcp/watcher.h"

#include <algorithm>
#include <random>

#include "bootnet/dhcp/foreign.h"

namespace slipway::dhcp {
namespace {

constexpr int64_t kAnswerSeconds = 4;  // proxies answer late
constexpr int64_t kAskEvery = 300;
constexpr int64_t kRememberEvery = 30;

/// Locally administered, of one machine.
Mac RandomMac() {
  std::random_device random;
  Mac mac;
  for (uint8_t& byte : mac.bytes) byte = static_cast<uint8_t>(random());
  mac.bytes[0] = static_cast<uint8_t>((mac.bytes[0] & 0xfcU) | 2U);
  return mac;
}

std::optional<WatchMemory> MemoryOf(const LeaseService& leases, const std::string& interface) {
  const auto since = leases.Number("quiet_since " + interface);
  const auto until = leases.Number("watched_until " + interface);
  if (!since || !until) return std::nullopt;
  return WatchMemory{*since, *until};
}

}  // namespace

Watcher::Watcher(boost::asio::io_context& io, std::shared_ptr<Services> services,
                 std::shared_ptr<LeaseService> leases, const WatcherOptions& options,
                 std::shared_ptr<PacketSocket> socket)
    : services_(std::move(services)),
      leases_(std::move(leases)),
      options_(options),
      socket_(std::move(socket)),
      timer_(io),
      watch_(options.quiet_seconds, leases_->Now(), MemoryOf(*leases_, options.interface.name)),
      asking_mac_(RandomMac()) {}

Result<std::shared_ptr<Watcher>> Watcher::Open(boost::asio::io_context& io,
                                               std::shared_ptr<Services> services,
                                               std::shared_ptr<LeaseService> leases,
                                               const WatcherOptions& options) {
  auto socket = PacketSocket::Open(io, options.interface, FrameKind::kDhcpReplies);
  if (!socket) return tl::make_unexpected(socket.error());
  std::shared_ptr<Watcher> made(
      new Watcher(io, std::move(services), std::move(leases), options, std::move(*socket)));
  made->socket_->Receive([weak = std::weak_ptr(made)](std::span<const uint8_t> frame) {
    if (const auto self = weak.lock()) self->Hear(frame);
  });
  made->Tick();
  return made;
}

void Watcher::Close() {
  socket_->Close();
  timer_.cancel();
}

void Watcher::Hear(std::span<const uint8_t> frame) {
  const auto udp = ParseUdpFrame(frame);
  if (!udp || udp->from_mac == socket_->own_mac() || leases_->IsOwn(udp->from)) return;
  if (const auto server = ReadForeignServer(*udp, leases_->Now())) Note(*server);
}

void Watcher::NoteRequest(Ipv4 server_id) {
  if (!leases_->IsOwn(server_id)) Note(ServerOfRequest(server_id, leases_->Now()));
}

void Watcher::NotePeer(const AutoPeer& peer) {
  if (options_.purpose != WatcherOptions::Purpose::kAuto || leases_->IsOwn(peer.address)) return;
  // Who means to serve too is told at once that we do.
  if (AutoRole() == Role::kServer && peer.stand != AutoPeer::Stand::kListening) ask_soon_ = true;
  if (watch_.NotePeer(peer, options_.interface.address, leases_->Now()) == ModeWatch::News::kNew) {
    Tell(Outcome::kIgnored, "ForeignServer",
         "another Slipway on " + options_.interface.name + " goes first: " + peer.address.ToString());
  }
  TellRole();
}

void Watcher::Note(const ForeignServer& server) {
  const ModeWatch::News news = watch_.Note(server);
  // Of a server that only a client has spoken of, everything else is still to be found out.
  if (news == ModeWatch::News::kNew && server.mac.IsZero()) ask_soon_ = true;
  if (news != ModeWatch::News::kKnown) {
    Tell(Outcome::kIgnored, "ForeignServer",
         "another DHCP server on " + options_.interface.name + ": " + Describe(server));
  }
  TellRole();
}

Role Watcher::AutoRole() { return watch_.AutoRole(leases_->Now()); }

std::string Watcher::Reason() { return watch_.Reason(leases_->Now()); }

void Watcher::Ask(int64_t now) {
  std::random_device random;
  std::string word;
  if (options_.purpose == WatcherOptions::Purpose::kAuto) {
    // Without a range nothing is given here, whatever is heard.
    const bool may_serve = leases_->HasRange(options_.interface.address);
    word = UserClassOf(
        {options_.interface.address, may_serve ? watch_.Stand(now) : AutoPeer::Stand::kListening});
  }
  socket_->Send(BuildDiscoverFrame(asking_mac_, random(), word));
}

void Watcher::AskInTime(int64_t now) {
  const bool automatic = options_.purpose == WatcherOptions::Purpose::kAuto;
  const bool claims = automatic && watch_.Stand(now) == AutoPeer::Stand::kClaiming;
  if (asked_at_ && now - *asked_at_ >= kAnswerSeconds) {
    watch_.NoteProbed(*asked_at_);
    asked_at_.reset();
    ask_at_ = automatic ? watch_.ProbeAfter(now) : now + kAskEvery;
  }
  if (asked_at_) {
    // A claim is said every second of its time: one that is lost must not make two servers.
    if (claims) Ask(now);
    return;
  }
  if (now < ask_at_ && !ask_soon_ && !claims) return;
  ask_soon_ = false;
  asked_at_ = now;
  Ask(now);
}

void Watcher::Tick() {
  const int64_t now = leases_->Now();
  if (options_.asking == WatcherOptions::Asking::kSometimes) AskInTime(now);
  if (options_.purpose == WatcherOptions::Purpose::kAuto && now >= remember_at_) {
    remember_at_ = now + std::clamp<int64_t>(options_.quiet_seconds / 8, 1, kRememberEvery);
    const WatchMemory memory = watch_.Memory(now);
    leases_->Remember("quiet_since " + options_.interface.name, memory.quiet_since);
    leases_->Remember("watched_until " + options_.interface.name, memory.watched_until);
  }
  TellRole();
  timer_.expires_after(std::chrono::seconds(1));
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self) self->Tick();
  });
}

void Watcher::TellRole() {
  if (options_.purpose == WatcherOptions::Purpose::kStatus) return;
  const Role now = AutoRole();
  if (now == told_) return;
  told_ = now;
  Tell(Outcome::kAnswered, now == Role::kServer ? "BecameDhcpServer" : "BecameProxy",
       options_.interface.name + ": " + Reason());
}

void Watcher::Tell(Outcome outcome, std::string reason, std::string message) {
  BootEvent event;
  event.door = Door::kDhcp;
  event.outcome = outcome;
  event.reason = std::move(reason);
  event.message = std::move(message);
  services_->Report(std::move(event));
}

}  // namespace slipway::dhcp
