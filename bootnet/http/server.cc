#include "bootnet/http/server.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/post.hpp>
#include <vector>

namespace slipway::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr int kAcceptsPerWake = 64;  ///< then others have their turn

Result<void> Listen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint, const std::string& setting) {
  boost::system::error_code error;
  // Asio's sockets are inherited by children unless told otherwise; a child that keeps the port blocks a
  // restart.
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return Retry("opening a TCP socket: " +
                 boost::system::error_code(errno, boost::system::system_category()).message());
  acceptor.assign(tcp::v4(), fd, error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(4096, error);
  if (!error) return {};
  boost::system::error_code ignored;
  acceptor.close(ignored);
  const std::string where = "TCP " + endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
  if (error == asio::error::address_in_use) {
    return FixInput(where + " is in use by another program; stop that one, or change " + setting);
  }
  if (error == boost::system::errc::address_not_available) {
    return FixInput(where + " is not an address of this host; change boot.address");
  }
  if (error == asio::error::access_denied) {
    return FixInput(where + " needs the right to open low ports (CAP_NET_BIND_SERVICE); give it, or change " +
                    setting);
  }
  return Retry("listening on " + where + ": " + error.message());
}

}  // namespace

Server::Server(asio::io_context& io, std::shared_ptr<Services> services)
    : io_(io), acceptor_(io), pause_(io), clock_(io), services_(std::move(services)) {}

Result<std::shared_ptr<Server>> Server::Open(asio::io_context& io, std::shared_ptr<Services> services,
                                             const ServerOptions& options) {
  const std::shared_ptr<Server> server(new Server(io, std::move(services)));
  if (options.tls) {
    auto tls = TlsContext::Load(*options.tls);
    if (!tls) return tl::make_unexpected(tls.error());
    server->tls_ = std::move(*tls);
  }
  const tcp::endpoint endpoint(asio::ip::address_v4(options.address.value), options.port);
  const char* setting = options.tls ? "boot.https_port" : "boot.http_port";
  if (auto listening = Listen(server->acceptor_, endpoint, setting); !listening) {
    return tl::make_unexpected(listening.error());
  }
  boost::system::error_code error;
  server->port_ = server->acceptor_.local_endpoint(error).port();
  server->Accept();
  server->LookAtClock();
  return server;
}

void Server::Stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  clock_.cancel();
  std::vector<std::shared_ptr<Session>> live;
  for (const auto& [raw, weak] : sessions_) {
    if (auto session = weak.lock()) live.push_back(std::move(session));
  }
  for (const auto& session : live) session->Close();
}

void Server::Accept() {
  acceptor_.async_wait(tcp::acceptor::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                         if (!error && self->acceptor_.is_open()) self->AcceptAll();
                       });
}

void Server::AcceptAll() {
  for (int i = 0; i < kAcceptsPerWake; ++i) {
    const int fd = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
      Socket socket(io_);
      boost::system::error_code bad;
      socket.assign(tcp::v4(), fd, bad);
      if (bad) {
        ::close(fd);
      } else {
        OnAccept(std::move(socket));
      }
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) break;
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      // Out of descriptors: the pending connection stays readable, so without a pause this would spin.
      pause_.expires_after(std::chrono::milliseconds(100));
      pause_.async_wait([self = shared_from_this()](const boost::system::error_code& stopped) {
        if (!stopped && self->acceptor_.is_open()) self->Accept();
      });
      return;
    }
  }
  Accept();
}

void Server::TurnAway(Socket& socket, Ipv4 peer, std::string message) {
  boost::system::error_code error;
  if (!tls_) {
    const std::string busy = BusyResponse();
    // One attempt: the socket is fresh, so this fits into its buffer.
    ::send(socket.native_handle(), busy.data(), busy.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    socket.shutdown(Socket::shutdown_send, error);
  }
  BootEvent event;
  event.door = Door::kHttp;
  event.outcome = Outcome::kRefused;
  event.reason = "Busy";
  event.message = std::move(message);
  event.address = peer;
  event.answer = tls_ ? "closed" : "503";
  services_->Report(std::move(event));
}

/// Makes room by the connection that has waited longest for its next request.
bool Server::CloseLongestIdle() {
  std::shared_ptr<Session> longest;
  for (const auto& [raw, weak] : sessions_) {
    std::shared_ptr<Session> session = weak.lock();
    if (!session || !session->idle_since_ms()) continue;
    if (!longest || *session->idle_since_ms() < *longest->idle_since_ms()) longest = std::move(session);
  }
  if (!longest) return false;
  longest->Close();
  return true;
}

SslPtr Server::NewTls() {
  if (const auto fresh = tls_->Refresh(Services::CoarseMs()); !fresh) {
    BootEvent event;
    event.door = Door::kHttp;
    event.outcome = Outcome::kFailed;
    event.reason = "TlsFilesUnusable";
    event.message = fresh.error().message + "; the former certificate stays in use";
    services_->Report(std::move(event));
  }
  return tls_->NewConnection();
}

void Server::OnAccept(Socket socket) {
  boost::system::error_code error;
  const tcp::endpoint remote = socket.remote_endpoint(error);
  if (error) return;
  const Ipv4 peer{remote.address().to_v4().to_uint()};
  const BootLimits& limits = services_->limits;
  if (services_->http_per_client[peer.value] >= limits.http_connections_per_client) {
    return TurnAway(socket, peer, "too many connections of one client at a time");
  }
  const bool full = services_->http_connections.load(std::memory_order_relaxed) >= limits.http_connections;
  if (full && !CloseLongestIdle()) {
    if (services_->http_per_client[peer.value] == 0) services_->http_per_client.erase(peer.value);
    return TurnAway(socket, peer, "too many connections at a time");
  }
  SslPtr ssl = tls_ ? NewTls() : nullptr;
  if (tls_ && !ssl) return;
  ++services_->http_per_client[peer.value];
  services_->http_connections.fetch_add(1, std::memory_order_relaxed);
  socket.set_option(tcp::no_delay(true), error);
  auto session = std::make_shared<Session>(std::move(socket), peer, services_, small_, std::move(ssl));
  sessions_.emplace(session.get(), session);
  session->Start([weak = weak_from_this(), services = services_, raw = session.get(), peer] {
    services->http_connections.fetch_sub(1, std::memory_order_relaxed);
    const auto it = services->http_per_client.find(peer.value);
    if (it != services->http_per_client.end() && --it->second == 0) services->http_per_client.erase(it);
    if (const auto self = weak.lock()) self->sessions_.erase(raw);
  });
}

void Server::LookAtClock() {
  const BootLimits& limits = services_->limits;
  const int64_t shortest = std::min({limits.http_idle_ms, limits.http_head_ms, limits.http_stall_ms});
  clock_.expires_after(std::chrono::milliseconds(std::clamp<int64_t>(shortest / 8, 10, 250)));
  clock_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self) return;
    const int64_t now = Services::CoarseMs();
    for (const auto& [raw, session] : self->sessions_) {
      if (const auto live = session.lock()) live->OnTime(now);
    }
    self->LookAtClock();
  });
}

}  // namespace slipway::http
