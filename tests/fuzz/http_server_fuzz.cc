// The bytes of one connection to the real HTTP server on loopback, in pieces of up to 255 bytes, each behind
// its length. What comes back must be whole responses.
#include <arpa/inet.h>
#include <netinet/in.h>

#include <span>
#include <string>

#include "bootnet/http/server.h"
#include "tests/fuzz/wire.h"

namespace slipway::http {
namespace {

using fuzz::Expect;

/// Every response has its length; the last one may be to a HEAD, which has no body.
void CheckResponses(std::string_view all) {
  while (!all.empty()) {
    Expect(all.starts_with("HTTP/1.1 "));
    const size_t end = all.find("\r\n\r\n");
    Expect(end != std::string_view::npos);
    const std::string head(all.substr(0, end + 2));
    all.remove_prefix(end + 4);
    const size_t field = head.find("\r\nContent-Length: ");
    Expect(field != std::string::npos && head.find("\r\nConnection: ") != std::string::npos);
    const size_t length = std::stoul(head.substr(field + 18));
    const bool has_body = !all.empty() && !all.starts_with("HTTP/1.1 ");
    if (has_body) {
      Expect(all.size() >= length);
      all.remove_prefix(length);
    }
  }
}

class World {
 public:
  World() : services_(fuzz::ServicesOfSite(BootLimits{})) {
    auto server = Server::Open(io_, services_, {Ipv4{INADDR_LOOPBACK}, 0, std::nullopt});
    Expect(server.has_value());
    server_ = *server;
  }

  void Play(std::span<const uint8_t> input) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(server_->port());
    Expect(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0);
    std::string all;
    while (!input.empty()) {
      const size_t length = std::min<size_t>(input[0], input.size() - 1);
      ::send(fd, input.data() + 1, length, MSG_NOSIGNAL | MSG_DONTWAIT);
      input = input.subspan(1 + length);
      fuzz::Settle(io_);
      Read(fd, all);
    }
    ::shutdown(fd, SHUT_WR);
    for (int i = 0; i < 100'000 && Read(fd, all); ++i) fuzz::Settle(io_);
    ::close(fd);
    fuzz::Settle(io_);
    Expect(services_->http_connections == 0);
    CheckResponses(all);
  }

 private:
  /// False at the end of the stream.
  static bool Read(int fd, std::string& all) {
    char chunk[16'384];
    for (;;) {
      const ssize_t n = ::recv(fd, chunk, sizeof(chunk), MSG_DONTWAIT);
      if (n == 0) return false;
      if (n < 0) return errno == EAGAIN;
      all.append(chunk, static_cast<size_t>(n));
    }
  }

  boost::asio::io_context io_{1};
  std::shared_ptr<Services> services_;
  std::shared_ptr<Server> server_;
};

}  // namespace
}  // namespace slipway::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static slipway::http::World world;
  world.Play({data, size});
  return 0;
}
