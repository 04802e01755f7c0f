#include "bootnet/tftp/socket.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "bootnet/catalog/unique_fd.h"
#include "bootnet/net/datagram_batch.h"
#include "bootnet/tftp/packet.h"

namespace slipway::tftp {
namespace {

constexpr size_t kBatch = 32;          ///< datagrams read by one call
constexpr size_t kReadSize = 2048;     ///< longer than any request that is looked at
constexpr size_t kMostBlocks = 64;     ///< of one call; the kernel takes no more segments
constexpr size_t kMostBytes = 65'507;  ///< of one call: the largest UDP payload
constexpr std::chrono::microseconds kSoon{30};
constexpr uint32_t kRarest = 4095;      ///< datagrams
constexpr int kKernelBuffer = 4 << 20;  ///< bytes; the system's limit may be lower

sockaddr_in ToSockaddr(Ipv4 address, uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(address.value);
  out.sin_port = htons(port);
  return out;
}

Error CannotBind(const SocketPlace& place) {
  const std::string where = "UDP " + place.address.ToString() + ":" + std::to_string(place.port);
  switch (errno) {
    case EADDRINUSE:
      return {Reaction::kFixInput,
              where + " is in use by another program; stop that one, or change " + place.setting};
    case EADDRNOTAVAIL:
      return {Reaction::kFixInput, where + " is not an address of this host; change boot.address"};
    case EACCES:
      return {Reaction::kFixInput,
              where + " needs the right to open low ports (CAP_NET_BIND_SERVICE); give it, or change " +
                  place.setting};
    default:
      return {Reaction::kRetry, "listening on " + where + ": " + std::strerror(errno)};
  }
}

bool IsUnsegmentable(int error) {
  return error == EIO || error == EINVAL || error == EMSGSIZE || error == EOPNOTSUPP || error == ENOPROTOOPT;
}

}  // namespace

/// Headers, parts and control data of some DATA packets, for sendmsg and sendmmsg alike.
struct Socket::Envelope {
  std::array<std::array<uint8_t, kHeaderSize>, kMostBlocks> headers;
  std::array<iovec, kMostBlocks * 2> parts;
  sockaddr_in destination;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in_pktinfo)) + CMSG_SPACE(sizeof(uint16_t))> control;
  msghdr message{};

  Envelope(const Burst& burst, const Peer& to) : destination(ToSockaddr(to.address, to.port)) {
    auto* data = const_cast<uint8_t*>(burst.data.data());
    size_t left = burst.data.size();
    for (size_t i = 0; i < burst.count; ++i) {
      const size_t length = std::min<size_t>(left, burst.block_size);
      PutHeader(headers[i], Opcode::kData, static_cast<uint16_t>(burst.first_block + i));
      parts[2 * i] = {headers[i].data(), kHeaderSize};
      parts[2 * i + 1] = {data, length};
      data += length;
      left -= length;
    }
    message.msg_name = &destination;
    message.msg_namelen = sizeof(destination);
    message.msg_iov = parts.data();
    message.msg_iovlen = 2 * burst.count;
  }

  template <class Value>
  void Append(int level, int type, const Value& value) {
    if (message.msg_control == nullptr) message.msg_control = control.data();
    auto* head = reinterpret_cast<cmsghdr*>(control.data() + message.msg_controllen);
    head->cmsg_level = level;
    head->cmsg_type = type;
    head->cmsg_len = CMSG_LEN(sizeof(Value));
    std::memcpy(CMSG_DATA(head), &value, sizeof(Value));
    message.msg_controllen += CMSG_SPACE(sizeof(Value));
  }

  void From(Ipv4 local) {
    in_pktinfo info{};
    info.ipi_spec_dst.s_addr = htonl(local.value);
    Append(IPPROTO_IP, IP_PKTINFO, info);
  }

  int SendEach(int fd, size_t count) {
    std::array<mmsghdr, kMostBlocks> messages{};
    for (size_t i = 0; i < count; ++i) {
      messages[i].msg_hdr = message;
      messages[i].msg_hdr.msg_iov = &parts[2 * i];
      messages[i].msg_hdr.msg_iovlen = 2;
    }
    return ::sendmmsg(fd, messages.data(), static_cast<unsigned>(count), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
};

Socket::Socket(boost::asio::io_context& io, bool any_address) : socket_(io), any_address_(any_address) {}

Result<std::shared_ptr<Socket>> Socket::Open(boost::asio::io_context& io, const SocketPlace& place) {
  UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return Retry("opening a UDP socket: " + std::string(std::strerror(errno)));
  const int on = 1;
  if (place.address.IsUnspecified()) ::setsockopt(fd.get(), IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &kKernelBuffer, sizeof(kKernelBuffer));
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &kKernelBuffer, sizeof(kKernelBuffer));
  sockaddr_in bound = ToSockaddr(place.address, place.port);
  socklen_t length = sizeof(bound);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&bound), length) != 0) {
    return tl::make_unexpected(CannotBind(place));
  }
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &length) != 0) {
    return Retry("reading a socket's port: " + std::string(std::strerror(errno)));
  }
  const std::shared_ptr<Socket> made(new Socket(io, place.address.IsUnspecified()));
  boost::system::error_code error;
  made->socket_.assign(boost::asio::ip::udp::v4(), fd.get(), error);
  if (error) return Retry("watching a UDP socket: " + error.message());
  fd.Release();
  made->port_ = ntohs(bound.sin_port);
  made->address_ = place.address;
  return made;
}

void Socket::Receive(Handler handler) {
  handler_ = std::move(handler);
  any_address_ ? Wait() : ReceiveNext();
}

/// Where a datagram need not tell which address it came to, Asio reads it: waiting first would cost an
/// epoll_ctl for each, more than the look for a further one.
void Socket::ReceiveNext() {
  socket_.async_receive_from(
      boost::asio::buffer(first_), sender_,
      [self = shared_from_this()](const boost::system::error_code& error, size_t size) {
        if (!self->socket_.is_open()) {
          self->handler_ = nullptr;  // it may own this socket
          return;
        }
        if (!error) self->Give(size);
        if (self->company_ == Company::kAlone) self->Linger();
        if (self->peers_ == Peers::kMany && self->socket_.is_open()) self->Drain();
        self->ReceiveNext();
      });
}

void Socket::Give(size_t size) {
  if (company_ == Company::kAlone) soon_ = std::chrono::steady_clock::now() - answered_ <= kSoon;
  const Peer peer{{sender_.address().to_v4().to_uint()}, sender_.port(), address_};
  if (MayAnswer(peer, port_)) handler_(peer, {first_.data(), size});
  if (company_ == Company::kAlone) answered_ = std::chrono::steady_clock::now();
}

/// A peer on our own processor cannot answer while we linger, so being wrong again and again makes it rare.
void Socket::Linger() {
  while (soon_ && socket_.is_open()) {
    if (pause_ > 0) {
      --pause_;
      return;
    }
    ssize_t size = -1;
    uint32_t looks = 0;
    for (; size < 0 && (looks == 0 || std::chrono::steady_clock::now() - answered_ <= kSoon); ++looks) {
      auto length = static_cast<socklen_t>(sender_.capacity());
      size = ::recvfrom(socket_.native_handle(), first_.data(), first_.size(), MSG_DONTWAIT, sender_.data(),
                        &length);
    }
    if (size < 0) {
      vain_ = std::min(2 * vain_ + 1, kRarest);
      pause_ = vain_;
      return;
    }
    if (looks > 1) vain_ = 0;  // else it was there already, and says nothing of lingering
    Give(static_cast<size_t>(size));
  }
}

void Socket::Close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Socket::Wait() {
  socket_.async_wait(decltype(socket_)::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       if (!self->socket_.is_open()) {
                         self->handler_ = nullptr;  // it may own this socket
                         return;
                       }
                       if (!error) self->Drain();
                       self->Wait();
                     });
}

/// One call for each wake-up: what is left wakes us again, after others had their turn.
void Socket::Drain() {
  static thread_local DatagramBatch batch;  // of all sockets: they live on one thread
  const size_t count = batch.Read(socket_.native_handle(), peers_ == Peers::kMany ? DatagramBatch::kMost : 1);
  for (size_t i = 0; i < count && socket_.is_open(); ++i) {
    const Datagram datagram = batch.At(i);
    if (datagram.local != datagram.sent_to) continue;
    const Peer peer{datagram.source, datagram.source_port, any_address_ ? datagram.local : address_};
    if (MayAnswer(peer, port_)) handler_(peer, datagram.bytes);
  }
}

void Socket::Send(std::span<const uint8_t> bytes, const Peer& to) {
  Envelope envelope({}, to);
  iovec part{const_cast<uint8_t*>(bytes.data()), bytes.size()};
  envelope.message.msg_iov = &part;
  envelope.message.msg_iovlen = 1;
  if (any_address_) envelope.From(to.local);
  ::sendmsg(socket_.native_handle(), &envelope.message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

Socket::Sent Socket::SendBurst(const Burst& burst, const Peer& to) {
  const uint32_t packet = burst.block_size + static_cast<uint32_t>(kHeaderSize);
  const uint32_t most = std::max<uint32_t>(std::min<uint32_t>(kMostBlocks, kMostBytes / packet), 1);
  for (uint32_t done = 0; done < burst.count;) {
    Burst part = burst;
    part.count = std::min(most, burst.count - done);
    part.first_block += done;
    const size_t from = std::min<size_t>(size_t{done} * burst.block_size, burst.data.size());
    part.data = burst.data.subspan(
        from, std::min<size_t>(size_t{part.count} * burst.block_size, burst.data.size() - from));
    Envelope envelope(part, to);
    if (any_address_) envelope.From(to.local);
    const bool whole = part.count > 1 && segments_;
    if (whole) envelope.Append(SOL_UDP, UDP_SEGMENT, static_cast<uint16_t>(packet));
    const ssize_t sent = part.count == 1 || whole ? ::sendmsg(socket_.native_handle(), &envelope.message,
                                                              MSG_DONTWAIT | MSG_NOSIGNAL)
                                                  : envelope.SendEach(socket_.native_handle(), part.count);
    if (sent < 0 && errno == EFAULT) return Sent::kUnreadable;
    if (sent < 0 && whole && IsUnsegmentable(errno)) {
      segments_ = false;
      continue;
    }
    done += part.count;
  }
  return Sent::kGood;
}

}  // namespace slipway::tftp
