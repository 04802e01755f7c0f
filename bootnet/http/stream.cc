#include "bootnet/http/stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace slipway::http {
namespace {

constexpr size_t kReadChunk = 4096;
constexpr size_t kTlsChunk = 64 * 1024;  ///< four records

using Io = Stream::Io;

Io OfErrno(Io wait) {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return wait;
  return Io::kEnd;
}

}  // namespace

void SslDeleter::operator()(ssl_st* ssl) const { SSL_free(ssl); }

Stream::Stream(int fd, SslPtr ssl) : fd_(fd), ssl_(std::move(ssl)) {
  SSL_set_fd(ssl_.get(), fd);
  SSL_set_accept_state(ssl_.get());
}

Io Stream::Explain(int result) const {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Io::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return Io::kWantWrite;
    default:
      return Io::kEnd;
  }
}

Io Stream::Handshake() {
  if (!ssl_) return Io::kDone;
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? Io::kDone : Explain(result);
}

bool Stream::HasPending() const { return ssl_ && SSL_pending(ssl_.get()) > 0; }

Stream::Moved Stream::Read(std::string& into) {
  std::array<char, kReadChunk> chunk;
  if (ssl_) {
    ERR_clear_error();
    const int n = SSL_read(ssl_.get(), chunk.data(), static_cast<int>(chunk.size()));
    if (n <= 0) return {Explain(n), 0};
    into.append(chunk.data(), static_cast<size_t>(n));
    return {Io::kDone, static_cast<size_t>(n)};
  }
  const ssize_t n = ::recv(fd_, chunk.data(), chunk.size(), MSG_DONTWAIT);
  if (n < 0) return {OfErrno(Io::kWantRead), 0};
  if (n == 0) return {Io::kEnd, 0};
  into.append(chunk.data(), static_cast<size_t>(n));
  return {Io::kDone, static_cast<size_t>(n)};
}

Stream::Moved Stream::WriteTls(std::string_view bytes) {
  ERR_clear_error();
  const int n = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(std::min(bytes.size(), kTlsChunk)));
  return n > 0 ? Moved{Io::kDone, static_cast<size_t>(n)} : Moved{Explain(n), 0};
}

Stream::Moved Stream::Write(std::string_view first, std::string_view second, More more) {
  if (ssl_) return WriteTls(first.empty() ? second : first);
  std::array<iovec, 2> parts{
      {{const_cast<char*>(first.data()), first.size()}, {const_cast<char*>(second.data()), second.size()}}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = second.empty() ? 1 : 2;
  const int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more == More::kSoon ? MSG_MORE : 0);
  const ssize_t n = ::sendmsg(fd_, &message, flags);
  return n >= 0 ? Moved{Io::kDone, static_cast<size_t>(n)} : Moved{OfErrno(Io::kWantWrite), 0};
}

Stream::Moved Stream::SendFile(int file, uint64_t offset, size_t length) {
  auto at = static_cast<off_t>(offset);
  if (!ssl_) {
    const ssize_t n = ::sendfile(fd_, file, &at, length);
    if (n > 0) return {Io::kDone, static_cast<size_t>(n)};
    return {n == 0 ? Io::kEnd : OfErrno(Io::kWantWrite), 0};
  }
  if (kernel_ == Kernel::kUnknown) {
    kernel_ = BIO_get_ktls_send(SSL_get_wbio(ssl_.get())) ? Kernel::kDoesTls : Kernel::kDoesNot;
  }
  if (kernel_ == Kernel::kDoesTls) {
    ERR_clear_error();
    const ossl_ssize_t n = SSL_sendfile(ssl_.get(), file, at, length, 0);
    if (n > 0) return {Io::kDone, static_cast<size_t>(n)};
    return {n == 0 ? Io::kEnd : Explain(static_cast<int>(n)), 0};
  }
  // One for all connections: what did not leave is read again, since the file does not change.
  static thread_local std::array<char, kTlsChunk> chunk;
  const ssize_t have = ::pread(file, chunk.data(), std::min(length, chunk.size()), at);
  if (have <= 0) return {Io::kEnd, 0};
  return WriteTls({chunk.data(), static_cast<size_t>(have)});
}

void Stream::Finish() {
  if (ssl_) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  ::shutdown(fd_, SHUT_WR);
}

}  // namespace slipway::http
