#include "bootnet/tftp/server.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>

#include "bootnet/catalog/request_path.h"

namespace slipway::tftp {
namespace {

constexpr size_t kShownName = 128;  ///< bytes of a requested name that go into an event

BootEvent EventOf(const Datagram& datagram, std::string request) {
  BootEvent event;
  event.door = Door::kTftp;
  event.address = datagram.source;
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

std::string Fingerprint(const Datagram& datagram) {
  return {reinterpret_cast<const char*>(datagram.bytes.data()), datagram.bytes.size()};
}

}  // namespace

Server::Server(boost::asio::io_context& io, std::shared_ptr<DatagramSocket> socket,
               std::shared_ptr<Services> services)
    : io_(io), socket_(std::move(socket)), services_(std::move(services)) {}

Result<std::shared_ptr<Server>> Server::Open(boost::asio::io_context& io, std::shared_ptr<Services> services,
                                             const ServerOptions& options) {
  DatagramPlace place;
  place.address = options.address;
  place.port = options.port;
  place.setting = "boot.tftp_port";
  auto socket = DatagramSocket::Open(io, place);
  if (!socket) return tl::make_unexpected(socket.error());
  const std::shared_ptr<Server> server(new Server(io, std::move(*socket), std::move(services)));
  server->socket_->Receive([weak = server->weak_from_this()](const Datagram& datagram) {
    if (const auto self = weak.lock()) self->OnDatagram(datagram);
  });
  return server;
}

void Server::Stop() {
  socket_->Close();
  const auto sessions = std::exchange(sessions_, {});
  for (const auto& [key, session] : sessions) session->Stop();
}

void Server::Refuse(const Datagram& datagram, ErrorCode code, BootEvent event) {
  socket_->Send(EncodeError(code, event.reason), datagram.source, datagram.source_port, datagram.local);
  event.answer = "ERROR " + std::to_string(static_cast<int>(code)) + " " + event.reason;
  services_->Report(std::move(event));
}

void Server::OnDatagram(const Datagram& datagram) {
  const auto request = ParseReadRequest(datagram.bytes);
  if (request) {
    OnRequest(datagram, *request);
    return;
  }
  BootEvent event = WithReason(EventOf(datagram, ""), Outcome::kRefused, ToString(request.error()),
                               "not a read request that can be served");
  switch (request.error()) {
    case RequestError::kWriteRequest:
      event.request = "WRQ";
      event.message = "nothing is ever written here";
      Refuse(datagram, ErrorCode::kAccessViolation, std::move(event));
      return;
    case RequestError::kNoFile:
    case RequestError::kBadMode:
    case RequestError::kNotTerminated:
      Refuse(datagram, ErrorCode::kIllegalOperation, std::move(event));
      return;
    case RequestError::kTooShort:
    case RequestError::kTooLong:
    case RequestError::kNotRequest:
      break;
  }
  event.outcome = Outcome::kIgnored;
  services_->Report(std::move(event));
}

void Server::OnRequest(const Datagram& datagram, const ReadRequest& request) {
  const auto running = sessions_.find({datagram.source, datagram.source_port});
  if (running != sessions_.end()) {
    const std::shared_ptr<Session> session = running->second;
    if (session->IsSameRequest(Fingerprint(datagram)) && !session->HasProgress()) {
      session->OnDuplicateRequest();
      return;
    }
    sessions_.erase(running);
    session->Stop();
  }
  BootEvent event = EventOf(datagram, "RRQ " + std::string(request.file.substr(0, kShownName)));
  const auto path = NormalizeRequestPath(request.file, PathDialect::kTftp);
  if (!path) {
    Refuse(datagram, ErrorCode::kAccessViolation,
           WithReason(std::move(event), Outcome::kRefused, "BadPath", "a path that nobody honest asks for"));
    return;
  }
  const Client client = services_->Identify(Door::kTftp, datagram.source);
  const Snapshot snapshot = services_->live.Get();
  Decision decision = Decide(client, std::string_view(*path), snapshot);
  event =
      WithReason(std::move(event), decision.outcome, ToString(decision.reason), std::move(decision.message));
  event.mac = client.mac;
  event.served = decision.served;
  if (decision.machine != nullptr) event.node = decision.machine->node;
  Grant grant;
  grant.client = client;
  grant.event = std::move(event);
  if (const auto* program = std::get_if<const BootFile*>(&decision.what)) {
    grant.opener = [files = snapshot.boot_files, file = *program] { return Duplicate(file->fd.get()); };
    grant.size = (*program)->size;
    grant.program = (*program)->name;
  } else if (const auto* item = std::get_if<Catalog::Item>(&decision.what)) {
    grant.opener = [catalog = snapshot.catalog, found = *item] { return catalog->Open(found); };
    grant.size = item->file->size;
    grant.event.size = grant.size;
    services_->NoteScript(client);
  } else {
    Refuse(datagram,
           decision.reason == Reason::kNotFound ? ErrorCode::kNotFound : ErrorCode::kAccessViolation,
           std::move(grant.event));
    return;
  }
  Begin(datagram, request, std::move(grant));
}

bool Server::HasRoomFor(Ipv4 peer) const {
  if (sessions_.size() >= services_->limits.tftp_transfers) return false;
  const auto first = sessions_.lower_bound({peer, 0});
  const auto last = sessions_.upper_bound({peer, 0xffff});
  return std::distance(first, last) < static_cast<ptrdiff_t>(services_->limits.tftp_transfers_per_client);
}

void Server::Begin(const Datagram& datagram, const ReadRequest& request, Grant grant) {
  if (!HasRoomFor(datagram.source)) {
    // Silence, not an ERROR: firmware repeats its request for half a minute, and gives up at once on an
    // ERROR.
    services_->Report(
        WithReason(std::move(grant.event), Outcome::kIgnored, "Busy", "too many transfers at a time"));
    return;
  }
  const Limits limits{services_->limits.tftp_block_size, services_->limits.tftp_window_size};
  SessionParts parts;
  parts.client = grant.client;
  parts.peer_port = datagram.source_port;
  parts.local = datagram.local;
  parts.fingerprint = Fingerprint(datagram);
  parts.terms = Negotiate(request, grant.size, limits);
  parts.size = grant.size;
  parts.opener = std::move(grant.opener);
  parts.program = std::move(grant.program);
  parts.event = std::move(grant.event);
  parts.event.answer = std::to_string(grant.size) + " bytes";
  const Key key{datagram.source, datagram.source_port};
  const auto session = std::make_shared<Session>(io_, services_, std::move(parts));
  const auto on_end = [weak = weak_from_this(), key, raw = session.get()] {
    const auto self = weak.lock();
    if (!self) return;
    const auto it = self->sessions_.find(key);
    if (it != self->sessions_.end() && it->second.get() == raw) self->sessions_.erase(it);
  };
  sessions_[key] = session;
  if (const auto started = session->Start(on_end); !started) {
    sessions_.erase(key);
    BootEvent failed = EventOf(datagram, "RRQ");
    services_->Report(WithReason(std::move(failed), Outcome::kFailed, "NoSocket", started.error().message));
  }
}

}  // namespace slipway::tftp
