#include "bootnet/tftp/server_grant.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>

#include "bootnet/catalog/request_path.h"

namespace slipway::tftp {
namespace {

constexpr size_t kShownName = 128;  ///< bytes of a requested name that go into an event

BootEvent EventOf(const Peer& peer, std::string request) {
  BootEvent event;
  event.door = Door::kTftp;
  event.address = peer.address;
  event.request = std::move(request);
  return event;
}

BootEvent WithReason(BootEvent event, Outcome outcome, std::string_view reason, std::string message) {
  event.outcome = outcome;
  event.reason = reason;
  event.message = std::move(message);
  return event;
}

Result<UniqueFd> Duplicate(int fd) {
  UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy.valid()) return Retry(std::string("opening a boot program again: ") + std::strerror(errno));
  return copy;
}

std::string_view Fingerprint(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Server::Server(boost::asio::io_context& io, std::shared_ptr<Socket> socket,
               std::shared_ptr<Services> services, const ServerOptions& options)
    : io_(io),
      socket_(std::move(socket)),
      services_(std::move(services)),
      options_(options),
      rate_({services_->limits.tftp_requests_per_second, 2 * services_->limits.tftp_requests_per_second}),
      next_port_(options.ports.range.first),
      timer_(io) {}

Result<std::shared_ptr<Server>> Server::Open(boost::asio::io_context& io, std::shared_ptr<Services> services,
                                             const ServerOptions& options) {
  auto socket = Socket::Open(io, {options.address, options.port, "boot.tftp_port"});
  if (!socket) return tl::make_unexpected(socket.error());
  const std::shared_ptr<Server> server(new Server(io, std::move(*socket), std::move(services), options));
  server->socket_->Receive(
      [weak = server->weak_from_this()](const Peer& peer, std::span<const uint8_t> bytes) {
        if (const auto self = weak.lock()) self->OnDatagram(peer, bytes);
      });
  return server;
}

void Server::Stop() {
  timer_.cancel();
  socket_->Close();
  for (const auto& [key, session] : std::exchange(sessions_, {})) {
    session->Stop();
    session->socket().Close();
  }
}

void Server::Refuse(const Peer& peer, ErrorCode code, BootEvent event) {
  socket_->Send(EncodeError(code, event.reason), peer);
  event.answer = "ERROR " + std::to_string(static_cast<int>(code)) + " " + event.reason;
  services_->Report(std::move(event));
}

void Server::OnDatagram(const Peer& peer, std::span<const uint8_t> bytes) {
  const auto request = ParseReadRequest(bytes);
  if (!request && request.error() == RequestError::kNotRequest && GoesOn(peer, bytes)) return;
  if (IsOverRate(peer)) return;
  if (request) {
    OnRequest(peer, bytes, *request);
  } else {
    OnOther(peer, bytes, request.error());
  }
}

bool Server::IsOverRate(const Peer& peer) {
  switch (rate_.Take(peer.address.value, Services::CoarseMs())) {
    case RateCap::Verdict::kPass:
      return false;
    case RateCap::Verdict::kTell:
      services_->Report(WithReason(EventOf(peer, "RRQ"), Outcome::kIgnored, "TooManyRequests",
                                   peer.address.ToString() + " asks too often; what it sends is dropped"));
      return true;
    case RateCap::Verdict::kDrop:
      break;
  }
  return true;
}

bool Server::GoesOn(const Peer& peer, std::span<const uint8_t> bytes) {
  if (options_.ports.mode != TftpPorts::Mode::kSingle) return false;
  const auto running = sessions_.find({peer.address, peer.port});
  if (running == sessions_.end()) return false;
  const std::shared_ptr<Session> session = running->second;
  session->OnPacket(bytes);
  After(session);
  return true;
}

void Server::OnOther(const Peer& peer, std::span<const uint8_t> bytes, RequestError error) {
  // Whoever goes on with a transfer that is over learns it at once. An ERROR is never answered by one.
  if (options_.ports.mode == TftpPorts::Mode::kSingle && error == RequestError::kNotRequest &&
      ParseClientPacket(bytes).kind == ClientPacket::Kind::kAck) {
    socket_->Send(EncodeError(ErrorCode::kUnknownTransfer, "unknown transfer"), peer);
    return;
  }
  BootEvent event = WithReason(EventOf(peer, ""), Outcome::kRefused, ToString(error),
                               "not a read request that can be served");
  switch (error) {
    case RequestError::kWriteRequest:
      event.request = "WRQ";
      event.message = "nothing is ever written here";
      Refuse(peer, ErrorCode::kAccessViolation, std::move(event));
      return;
    case RequestError::kNoFile:
    case RequestError::kBadMode:
    case RequestError::kNotTerminated:
      Refuse(peer, ErrorCode::kIllegalOperation, std::move(event));
      return;
    case RequestError::kTooShort:
    case RequestError::kTooLong:
    case RequestError::kNotRequest:
      break;
  }
  event.outcome = Outcome::kIgnored;
  services_->Report(std::move(event));
}

void Server::OnRequest(const Peer& peer, std::span<const uint8_t> bytes, const ReadRequest& request) {
  const auto running = sessions_.find({peer.address, peer.port});
  if (running != sessions_.end()) {
    const std::shared_ptr<Session> session = running->second;
    if (session->IsSameRequest(Fingerprint(bytes)) && !session->IsRestart()) {
      session->OnDuplicateRequest();
      After(session);
      return;
    }
    session->Stop();
    Forget(session);
  }
  if (auto grant = Ask(peer, request)) Begin(peer, bytes, request, std::move(*grant));
}

std::optional<Server::Grant> Server::Ask(const Peer& peer, const ReadRequest& request) {
  BootEvent event = EventOf(peer, "RRQ " + std::string(request.file.substr(0, kShownName)));
  const auto path = NormalizeRequestPath(request.file, PathDialect::kTftp);
  if (!path) {
    Refuse(peer, ErrorCode::kAccessViolation,
           WithReason(std::move(event), Outcome::kRefused, "BadPath", "a path that nobody honest asks for"));
    return std::nullopt;
  }
  Grant grant;
  grant.client = services_->Identify(Door::kTftp, peer.address);
  const Snapshot snapshot = services_->live.Get();
  Decision decision = Decide(grant.client, std::string_view(*path), snapshot);
  event =
      WithReason(std::move(event), decision.outcome, ToString(decision.reason), std::move(decision.message));
  event.mac = grant.client.mac;
  event.served = decision.served;
  if (event.served != Served::kOther && snapshot.catalog)
    event.revision = snapshot.catalog->revision().revision;
  if (decision.machine != nullptr) event.node = decision.machine->node;
  if (const auto* program = std::get_if<const BootFile*>(&decision.what)) {
    grant.opener = [files = snapshot.boot_files, file = *program] { return Duplicate(file->fd.get()); };
    grant.digest = (*program)->digest;
    grant.size = (*program)->size;
    grant.program = (*program)->name;
  } else if (const auto* item = std::get_if<Catalog::Item>(&decision.what)) {
    grant.opener = [catalog = snapshot.catalog, found = *item] { return catalog->Open(found); };
    grant.digest = item->file->digest;
    grant.size = item->file->size;
    event.size = grant.size;
    if (event.served == Served::kConfig) event.digest = item->file->digest.ToHex();
    services_->NoteScript(grant.client);
  } else {
    const bool missing = decision.reason == Reason::kNotFound;
    Refuse(peer, missing ? ErrorCode::kNotFound : ErrorCode::kAccessViolation, std::move(event));
    return std::nullopt;
  }
  grant.event = std::move(event);
  return grant;
}

}  // namespace slipway::tftp
