#include "bootnet/install/talos_probe.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

namespace slipway {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

constexpr std::chrono::seconds kPatience{5};

class Probe : public std::enable_shared_from_this<Probe> {
 public:
  Probe(asio::io_context& io, asio::ssl::context context, std::function<void(Result<void>)> done)
      : context_(std::move(context)), stream_(io, context_), timer_(io), done_(std::move(done)) {}

  void Start(Ipv4 address, uint16_t port) {
    stream_.set_verify_mode(asio::ssl::verify_peer);
    // Talos wants a client certificate and may end the handshake for want of it; by then ours has its answer.
    stream_.set_verify_callback([this](bool good, asio::ssl::verify_context& context) {
      if (X509_STORE_CTX_get_error_depth(context.native_handle()) == 0) chains_ = good;
      return good;
    });
    timer_.expires_after(kPatience);
    timer_.async_wait([self = shared_from_this()](const auto& error) {
      if (!error) self->Finish("no answer within five seconds");
    });
    const Tcp::endpoint there(asio::ip::address_v4(address.value), port);
    stream_.lowest_layer().async_connect(there, [self = shared_from_this()](const auto& error) {
      if (error) return self->Finish(error.message());
      self->stream_.async_handshake(asio::ssl::stream_base::client,
                                    [self](const auto& failed) { self->Finish(failed.message()); });
    });
  }

 private:
  void Finish(const std::string& problem) {
    if (!done_) return;
    timer_.cancel();
    boost::system::error_code ignored;
    stream_.lowest_layer().close(ignored);
    std::exchange(done_, nullptr)(chains_ ? Result<void>{} : Retry(problem));
  }

  asio::ssl::context context_;
  asio::ssl::stream<Tcp::socket> stream_;
  asio::steady_timer timer_;
  std::function<void(Result<void>)> done_;
  bool chains_ = false;
};

}  // namespace

void ProbeTalosApi(asio::io_context& io, Ipv4 address, uint16_t port, const std::string& ca_pem,
                   std::function<void(Result<void>)> done) {
  boost::system::error_code error;
  asio::ssl::context context(asio::ssl::context::tls_client);
  context.add_certificate_authority(asio::buffer(ca_pem), error);
  if (error) {
    asio::post(io, [done = std::move(done), text = error.message()] {
      done(FixInput("reading the cluster's OS certificate authority: " + text));
    });
    return;
  }
  std::make_shared<Probe>(io, std::move(context), std::move(done))->Start(address, port);
}

}  // namespace slipway
