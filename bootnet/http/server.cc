#include "bootnet/http/server.h"

#include <sys/socket.h>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/post.hpp>
#include <vector>

namespace slipway::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

Result<void> Listen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
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
  if (!error) acceptor.listen(1024, error);
  if (!error) return {};
  boost::system::error_code ignored;
  acceptor.close(ignored);
  const std::string where = "TCP " + endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
  if (error == asio::error::address_in_use) {
    return FixInput(where + " is in use by another program; stop that one, or change boot.http_port");
  }
  if (error == boost::system::errc::address_not_available) {
    return FixInput(where + " is not an address of this host; change boot.address");
  }
  if (error == asio::error::access_denied) {
    return FixInput(
        where +
        " needs the right to open low ports (CAP_NET_BIND_SERVICE); give it, or change boot.http_port");
  }
  return Retry("listening on " + where + ": " + error.message());
}

}  // namespace

Server::Server(asio::io_context& io, std::shared_ptr<Services> services)
    : acceptor_(io), pause_(io), services_(std::move(services)) {}

Result<std::shared_ptr<Server>> Server::Open(asio::io_context& io, std::shared_ptr<Services> services,
                                             const ServerOptions& options) {
  const std::shared_ptr<Server> server(new Server(io, std::move(services)));
  const tcp::endpoint endpoint(asio::ip::address_v4(options.address.value), options.port);
  if (auto listening = Listen(server->acceptor_, endpoint); !listening) {
    return tl::make_unexpected(listening.error());
  }
  boost::system::error_code error;
  server->port_ = server->acceptor_.local_endpoint(error).port();
  server->Accept();
  return server;
}

void Server::Stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  std::vector<std::shared_ptr<Session>> live;
  for (const auto& [raw, weak] : sessions_) {
    if (auto session = weak.lock()) live.push_back(std::move(session));
  }
  for (const auto& session : live) session->Close();
}

void Server::Accept() {
  acceptor_.async_wait(
      tcp::acceptor::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
        if (!self->acceptor_.is_open() || error) return;
        for (int i = 0; i < 64; ++i) {
          const int fd =
              ::accept4(self->acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
          if (fd >= 0) {
            tcp::socket socket(self->acceptor_.get_executor());
            boost::system::error_code bad;
            socket.assign(tcp::v4(), fd, bad);
            if (bad) {
              ::close(fd);
            } else {
              self->OnAccept(std::move(socket));
            }
            continue;
          }
          if (errno == EAGAIN || errno == EWOULDBLOCK) break;
          if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
            // Out of descriptors: the pending connection stays readable, so without a pause this would spin.
            self->pause_.expires_after(std::chrono::milliseconds(100));
            self->pause_.async_wait([self](const boost::system::error_code& stopped) {
              if (!stopped && self->acceptor_.is_open()) self->Accept();
            });
            return;
          }
        }
        self->Accept();
      });
}

void Server::OnAccept(tcp::socket socket) {
  boost::system::error_code error;
  const tcp::endpoint remote = socket.remote_endpoint(error);
  if (error) return;
  const Ipv4 peer{remote.address().to_v4().to_uint()};
  uint32_t& of_client = per_client_[peer.value];
  const bool full =
      services_->http_connections.load(std::memory_order_relaxed) >= services_->limits.http_connections;
  if (full || of_client >= services_->limits.http_connections_per_client) {
    if (of_client == 0) per_client_.erase(peer.value);
    const std::string busy = BusyResponse();
    // One attempt: the socket is fresh, so this fits into its buffer.
    ::send(socket.native_handle(), busy.data(), busy.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    socket.shutdown(tcp::socket::shutdown_send, error);
    BootEvent event;
    event.door = Door::kHttp;
    event.outcome = Outcome::kRefused;
    event.reason = "Busy";
    event.message = full ? "too many connections at a time" : "too many connections of one client at a time";
    event.address = peer;
    event.answer = "503";
    services_->Report(std::move(event));
    return;
  }
  ++of_client;
  services_->http_connections.fetch_add(1, std::memory_order_relaxed);
  socket.set_option(tcp::no_delay(true), error);
  auto session = std::make_shared<Session>(std::move(socket), peer, services_);
  sessions_.emplace(session.get(), session);
  session->Start([weak = weak_from_this(), services = services_, raw = session.get(), peer] {
    services->http_connections.fetch_sub(1, std::memory_order_relaxed);
    if (const auto self = weak.lock()) self->Release(raw, peer);
  });
}

void Server::Release(const Session* session, Ipv4 peer) {
  sessions_.erase(session);
  const auto it = per_client_.find(peer.value);
  if (it != per_client_.end() && --it->second == 0) per_client_.erase(it);
}

}  // namespace slipway::http
