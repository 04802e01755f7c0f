#include "reconciler/daemon/operator_socket.h"

#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

namespace slipway {
namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;
using nlohmann::json;

constexpr size_t kMaxRequest = 16 * 1024;

std::string PeerName(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return "unknown";
  const passwd* user = ::getpwuid(peer.uid);
  return user == nullptr ? "uid " + std::to_string(peer.uid) : user->pw_name;
}

struct Connection : std::enable_shared_from_this<Connection> {
  explicit Connection(Local::socket a_socket) : socket(std::move(a_socket)), buffer(kMaxRequest) {}

  void Start(OperatorSocket::Handler handler) {
    asio::async_read_until(
        socket, buffer, '\n',
        [self = shared_from_this(), handler = std::move(handler)](auto error, size_t size) {
          if (error) return;
          const std::string line(
              asio::buffers_begin(self->buffer.data()),
              asio::buffers_begin(self->buffer.data()) + static_cast<std::ptrdiff_t>(size));
          const json j = json::parse(line, nullptr, false);
          if (!j.is_object()) return self->Reply({false, "the request is not JSON"});
          OperatorRequest request;
          try {
            request = {j.value("verb", ""), j.value("argument", ""), j.value("includeWithdrawn", false),
                       PeerName(self->socket.native_handle()), j.value("forSeconds", int64_t{0})};
          } catch (const json::exception& wrong) {
            return self->Reply({false, wrong.what()});
          }
          handler(std::move(request), [self](OperatorReply reply) { self->Reply(std::move(reply)); });
        });
  }

  void Reply(OperatorReply reply) {
    const json j = {{"ok", reply.ok}, {"message", std::move(reply.message)}};
    out = j.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
    asio::async_write(socket, asio::buffer(out), [self = shared_from_this()](auto, size_t) {
      boost::system::error_code ignored;
      self->socket.shutdown(Local::socket::shutdown_both, ignored);
    });
  }

  Local::socket socket;
  asio::streambuf buffer;
  std::string out;
};

}  // namespace

struct OperatorSocket::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& a_io, Handler a_handler) : acceptor(a_io), handler(std::move(a_handler)) {}

  void Accept() {
    acceptor.async_accept([self = shared_from_this()](auto error, Local::socket socket) {
      if (error == asio::error::operation_aborted || !self->acceptor.is_open()) return;
      if (!error) std::make_shared<Connection>(std::move(socket))->Start(self->handler);
      self->Accept();
    });
  }

  Local::acceptor acceptor;
  Handler handler;
  std::string path;
};

OperatorSocket::OperatorSocket(asio::io_context& io, Handler handler)
    : impl_(std::make_shared<Impl>(io, std::move(handler))) {}

OperatorSocket::~OperatorSocket() { Close(); }

Result<void> OperatorSocket::Listen(const std::string& path) {
  ::unlink(path.c_str());  // the state directory's lock says that no other daemon uses it
  boost::system::error_code error;
  const auto check = [&](const char* doing) -> Result<void> {
    if (!error) return {};
    boost::system::error_code ignored;
    impl_->acceptor.close(ignored);
    return Retry(std::string(doing) + " " + path + ": " + error.message());
  };
  const mode_t old_mask = ::umask(0177);  // the socket is 0600 from its first moment
  try {
    impl_->acceptor.open(Local(), error);
    if (!error) impl_->acceptor.bind(Local::endpoint(path), error);
  } catch (const std::exception& wrong) {  // a path over 107 bytes
    ::umask(old_mask);
    return FixInput("binding " + path + ": " + wrong.what() + "; use a shorter state_dir");
  }
  ::umask(old_mask);
  if (auto bound = check("binding the operators' socket"); !bound) return bound;
  impl_->acceptor.listen(16, error);
  if (auto listening = check("listening on the operators' socket"); !listening) return listening;
  impl_->path = path;
  impl_->Accept();
  return {};
}

void OperatorSocket::Close() {
  boost::system::error_code ignored;
  impl_->acceptor.close(ignored);
  if (!impl_->path.empty()) ::unlink(impl_->path.c_str());
  impl_->path.clear();
}

Result<OperatorReply> AskDaemon(const std::string& state_dir, const OperatorRequest& request,
                                std::chrono::seconds timeout) {
  const std::string path = state_dir + '/' + kOperatorSocketName;
  asio::io_context io;
  Local::socket socket(io);
  boost::system::error_code error;
  try {
    socket.connect(Local::endpoint(path), error);
  } catch (const std::exception& wrong) {
    return FixInput("connecting to " + path + ": " + wrong.what());
  }
  if (error) {
    return Retry("connecting to the daemon at " + path + ": " + error.message() +
                 "; is `slipway serve` running with this state_dir, and are you its user?");
  }
  const timeval limit{timeout.count(), 0};
  ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  const json j = {{"verb", request.verb},
                  {"argument", request.argument},
                  {"includeWithdrawn", request.include_withdrawn},
                  {"forSeconds", request.for_seconds}};
  asio::write(socket, asio::buffer(j.dump(-1, ' ', false, json::error_handler_t::replace) + '\n'), error);
  std::string answer;
  char chunk[16384];
  while (!error) {
    const ssize_t size = ::recv(socket.native_handle(), chunk, sizeof chunk, 0);
    if (size == 0) break;
    if (size < 0) {
      if (errno == EINTR) continue;
      return Retry("the daemon did not answer within " + std::to_string(timeout.count()) + " s");
    }
    answer.append(chunk, static_cast<size_t>(size));
  }
  const json reply = json::parse(answer, nullptr, false);
  if (!reply.is_object()) return Retry("the daemon's answer was cut off");
  return OperatorReply{reply.value("ok", false), reply.value("message", "")};
}

}  // namespace slipway
