#include "bootnet/dns/tcp.h"

#include <fcntl.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

namespace slipway::dns {

namespace asio = boost::asio;
using asio::ip::tcp;

/// One connection: length, message, answer, and again.
class TcpListener::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, std::shared_ptr<TcpListener> listener, Ipv4 peer, Ipv4 local)
      : socket_(std::move(socket)),
        timer_(socket_.get_executor()),
        listener_(std::move(listener)),
        peer_(peer),
        local_(local) {}

  ~Session() {
    --listener_->open_;
    const auto of_client = listener_->per_client_.find(peer_.value);
    if (--of_client->second == 0) listener_->per_client_.erase(of_client);
  }

  void ReadLength() {
    Limit();
    asio::async_read(socket_, asio::buffer(length_), [self = shared_from_this()](auto error, size_t) {
      if (!error)
        self->ReadMessage();
      else
        self->Close();
    });
  }

 private:
  void ReadMessage() {
    const size_t length = size_t{length_[0]} << 8U | length_[1];
    if (length == 0 || length > kMostMessage) return Close();
    message_.resize(length);
    asio::async_read(socket_, asio::buffer(message_), [self = shared_from_this()](auto error, size_t) {
      if (!error)
        self->Reply();
      else
        self->Close();
    });
  }

  void Reply() {
    auto answer = listener_->handler_(message_, peer_, local_);
    if (!answer || !listener_->acceptor_.is_open()) return Close();
    message_.assign({static_cast<uint8_t>(answer->size() >> 8U), static_cast<uint8_t>(answer->size())});
    message_.insert(message_.end(), answer->begin(), answer->end());
    asio::async_write(socket_, asio::buffer(message_), [self = shared_from_this()](auto error, size_t) {
      if (!error)
        self->ReadLength();
      else
        self->Close();
    });
  }

  /// For the whole of one question and its answer.
  void Limit() {
    timer_.expires_after(std::chrono::seconds(10));
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (!error && self) self->Close();
    });
  }

  void Close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  std::shared_ptr<TcpListener> listener_;
  Ipv4 peer_;
  Ipv4 local_;
  std::array<uint8_t, 2> length_{};
  std::vector<uint8_t> message_;
};

Result<std::shared_ptr<TcpListener>> TcpListener::Open(asio::io_context& io, Ipv4 address, uint16_t port,
                                                       Handler handler) {
  const std::shared_ptr<TcpListener> made(new TcpListener(io, std::move(handler)));
  tcp::acceptor& acceptor = made->acceptor_;
  boost::system::error_code error;
  acceptor.open(tcp::v4(), error);
  if (!error) ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind({asio::ip::address_v4(address.value), port}, error);
  if (!error) acceptor.listen(128, error);
  if (!error) acceptor.non_blocking(true, error);
  if (error) {
    const std::string where = "TCP " + address.ToString() + ":" + std::to_string(port);
    if (error == asio::error::address_in_use) {
      return FixInput(where + " is in use by another program; stop that one, or change boot.dns_port");
    }
    return Retry("listening on " + where + ": " + error.message());
  }
  made->Accept();
  return made;
}

void TcpListener::Close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

void TcpListener::Accept() {
  acceptor_.async_accept(
      [weak = weak_from_this()](const boost::system::error_code& error, tcp::socket socket) {
        const auto self = weak.lock();
        if (!self || !self->acceptor_.is_open()) return;
        if (!error) self->OnAccept(std::move(socket));
        self->Accept();
      });
}

void TcpListener::OnAccept(tcp::socket socket) {
  boost::system::error_code error;
  const auto remote = socket.remote_endpoint(error);
  const auto local = socket.local_endpoint(error);
  if (error) return;
  const Ipv4 peer{remote.address().to_v4().to_uint()};
  const auto of_client = per_client_.find(peer.value);
  if (open_ >= kMostConnections || (of_client != per_client_.end() && of_client->second >= kMostPerClient))
    return;
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
  ++open_;
  ++per_client_[peer.value];
  std::make_shared<Session>(std::move(socket), shared_from_this(), peer,
                            Ipv4{local.address().to_v4().to_uint()})
      ->ReadLength();
}

}  // namespace slipway::dns
