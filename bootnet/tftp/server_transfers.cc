#include <algorithm>

#include "bootnet/tftp/netascii.h"
#include "bootnet/tftp/server_grant.h"

/// How transfers begin, keep time and end.
namespace slipway::tftp {
namespace {

constexpr int64_t kTickMs = 2;  ///< deadlines closer than this are met together
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

BootEvent Failed(BootEvent event, Outcome outcome, std::string_view reason, std::string message) {
  event.outcome = outcome;
  event.reason = reason;
  event.message = std::move(message);
  return event;
}

}  // namespace

bool Server::MakeRoomFor(Ipv4 peer) {
  const auto first = sessions_.lower_bound({peer, 0});
  const auto last = sessions_.upper_bound({peer, 0xffff});
  if (std::distance(first, last) >= static_cast<ptrdiff_t>(services_->limits.tftp_transfers_per_client)) {
    return false;
  }
  if (sessions_.size() < services_->limits.tftp_transfers) return true;
  // A flood of forged requests fills the table with peers that never answer: the oldest of them goes.
  std::shared_ptr<Session> oldest;
  for (const auto& [key, session] : sessions_) {
    if (session->HasProgress()) continue;
    if (!oldest || session->started_ms() < oldest->started_ms()) oldest = session;
  }
  if (!oldest) return false;
  oldest->Stop();
  Forget(oldest);
  return true;
}

Result<std::shared_ptr<Socket>> Server::SocketFor(const Peer& peer) {
  if (options_.ports.mode == TftpPorts::Mode::kSingle) return socket_;
  SocketPlace place{peer.local, 0, "the range of local ports"};
  const PortRange& range = options_.ports.range;
  if (range.first == 0) return Socket::Open(io_, place);
  place.setting = "boot.tftp_port_range";
  const int size = range.last - range.first + 1;
  Result<std::shared_ptr<Socket>> opened = Bug("no port was tried");
  for (int i = 0; i < size; ++i) {
    place.port = next_port_;
    next_port_ = next_port_ == range.last ? range.first : static_cast<uint16_t>(next_port_ + 1);
    opened = Socket::Open(io_, place);
    if (opened || opened.error().reaction != Reaction::kFixInput) return opened;
  }
  return Retry("no port of boot.tftp_port_range is free: " + opened.error().message);
}

void Server::Begin(const Peer& peer, std::span<const uint8_t> bytes, const ReadRequest& request,
                   Grant grant) {
  if (!MakeRoomFor(peer.address)) {
    // Silence, not an ERROR: firmware repeats its request for half a minute, and gives up at once on an
    // ERROR.
    services_->Report(
        Failed(std::move(grant.event), Outcome::kIgnored, "Busy", "too many transfers at a time"));
    return;
  }
  SessionParts parts;
  std::optional<uint64_t> told_size = grant.size;
  if (request.IsNetascii()) {
    parts.encoding = Encoding::kNetascii;
    if (grant.size > kMaxNetascii) {
      Refuse(peer, ErrorCode::kUndefined,
             Failed(std::move(grant.event), Outcome::kRefused, "TooLargeForNetascii",
                    "files above 4 MiB leave in octet (binary) mode only"));
      return;
    }
    const auto content = contents_->Get(grant.digest, grant.size, parts.encoding, grant.opener);
    if (!content) {
      Refuse(peer, ErrorCode::kUndefined,
             Failed(std::move(grant.event), Outcome::kFailed, "FileUnreadable", content.error().message));
      return;
    }
    parts.content = *content;
    grant.size = (*content)->bytes().size();
    if (grant.event.size != 0) grant.event.size = grant.size;
    told_size.reset();
  }
  auto socket = SocketFor(peer);
  if (!socket) {
    services_->Report(Failed(std::move(grant.event), Outcome::kFailed, "NoSocket", socket.error().message));
    return;
  }
  parts.client = grant.client;
  parts.peer = peer;
  parts.fingerprint.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  parts.terms =
      Negotiate(request, told_size, {services_->limits.tftp_block_size, services_->limits.tftp_window_size});
  parts.size = grant.size;
  parts.digest = grant.digest;
  parts.opener = std::move(grant.opener);
  parts.program = std::move(grant.program);
  parts.event = std::move(grant.event);
  parts.event.answer = std::to_string(grant.size) + " bytes";
  const auto session = std::make_shared<Session>(services_, std::move(*socket), contents_, std::move(parts));
  sessions_[{peer.address, peer.port}] = session;
  ExpectPeers();
  if (options_.ports.mode == TftpPorts::Mode::kOwn) {
    session->socket().Receive([weak = weak_from_this(), of = std::weak_ptr(session)](
                                  const Peer& from, std::span<const uint8_t> packet) {
      const auto self = weak.lock();
      const auto running = of.lock();
      if (self && running) self->OnTransferPort(running, from, packet);
    });
  }
  session->Start();
  After(session);
}

void Server::OnTransferPort(const std::shared_ptr<Session>& session, const Peer& peer,
                            std::span<const uint8_t> bytes) {
  if (peer.address == session->peer().address && peer.port == session->peer().port) {
    session->OnPacket(bytes);
    After(session);
  } else if (ParseClientPacket(bytes).kind == ClientPacket::Kind::kAck) {
    session->socket().Send(EncodeError(ErrorCode::kUnknownTransfer, "unknown transfer"), peer);
  }
}

void Server::After(const std::shared_ptr<Session>& session) {
  if (session->HasEnded()) {
    Forget(session);
  } else {
    WakeAt(session->deadline_ms());
  }
}

void Server::Forget(const std::shared_ptr<Session>& session) {
  if (options_.ports.mode == TftpPorts::Mode::kOwn) session->socket().Close();
  const auto it = sessions_.find({session->peer().address, session->peer().port});
  if (it != sessions_.end() && it->second == session) sessions_.erase(it);
  ExpectPeers();
}

void Server::ExpectPeers() {
  socket_->Expect(sessions_.size() > 1 ? Socket::Peers::kMany : Socket::Peers::kOne);
  const auto company = sessions_.size() > 1 ? Socket::Company::kOthers : Socket::Company::kAlone;
  if (sessions_.size() > 2) return;  // the third finds the others told, and its own socket as it is
  for (const auto& [key, session] : sessions_) session->socket().Keep(company);
}

void Server::WakeAt(int64_t time_ms) {
  if (time_ms >= wake_ms_) return;
  wake_ms_ = time_ms;
  timer_.expires_after(std::chrono::milliseconds(std::max<int64_t>(time_ms - Services::NowMs(), 0)));
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self) self->OnWake();
  });
}

void Server::OnWake() {
  const int64_t now = Services::NowMs();
  wake_ms_ = kNever;
  int64_t next = kNever;
  for (auto it = sessions_.begin(); it != sessions_.end();) {
    const std::shared_ptr<Session> session = (it++)->second;  // it may be forgotten below
    if (session->deadline_ms() <= now) session->OnTimer();
    if (session->HasEnded()) {
      Forget(session);
    } else {
      next = std::min(next, session->deadline_ms());
    }
  }
  if (next != kNever) WakeAt(std::max(next, now + kTickMs));
}

}  // namespace slipway::tftp
