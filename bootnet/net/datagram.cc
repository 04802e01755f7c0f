#include "bootnet/net/datagram.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "bootnet/catalog/unique_fd.h"

namespace slipway {
namespace {

constexpr int kReadsPerWake = 2;  ///< then others have their turn

sockaddr_in ToSockaddr(Ipv4 address, uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(address.value);
  out.sin_port = htons(port);
  return out;
}

Result<void> Prepare(int fd, const DatagramPlace& place) {
  const int on = 1;
  const auto fail = [&](const char* what) { return Retry(std::string(what) + ": " + std::strerror(errno)); };
  if (::setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) != 0) return fail("asking for IP_PKTINFO");
  if (::setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) != 0) return fail("allowing broadcasts");
  // Room for a rush of machines; as much of it as the host allows.
  const int room = 4 << 20;
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
  if (place.interface) {
    const std::string& name = place.interface->name;
    if (::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name.c_str(), static_cast<socklen_t>(name.size())) !=
        0) {
      return Retry("binding to interface " + name + ": " + std::strerror(errno));
    }
  }
  const sockaddr_in address = ToSockaddr(place.address, place.port);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return {};
  const std::string where = "UDP " + place.address.ToString() + ":" + std::to_string(place.port) +
                            (place.interface ? " on " + place.interface->name : "");
  if (errno == EADDRINUSE) {
    return FixInput(where + " is in use by another program; stop that one, or change " + place.setting);
  }
  if (errno == EADDRNOTAVAIL) return FixInput(where + " is not an address of this host; change boot.address");
  if (errno == EACCES) {
    return FixInput(where + " needs the right to open low ports (CAP_NET_BIND_SERVICE); give it, or change " +
                    place.setting);
  }
  return Retry("listening on " + where + ": " + std::strerror(errno));
}

}  // namespace

DatagramSocket::DatagramSocket(boost::asio::io_context& io, std::optional<Interface> interface)
    : socket_(io), interface_(std::move(interface)) {}

Result<std::shared_ptr<DatagramSocket>> DatagramSocket::Open(boost::asio::io_context& io,
                                                             const DatagramPlace& place) {
  UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return Retry("opening a UDP socket: " + std::string(std::strerror(errno)));
  if (auto prepared = Prepare(fd.get(), place); !prepared) return tl::make_unexpected(prepared.error());
  sockaddr_in bound{};
  socklen_t length = sizeof(bound);
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &length) != 0) {
    return Retry("reading a socket's port: " + std::string(std::strerror(errno)));
  }
  const std::shared_ptr<DatagramSocket> made(new DatagramSocket(io, place.interface));
  boost::system::error_code error;
  made->socket_.assign(boost::asio::ip::udp::v4(), fd.get(), error);
  if (error) return Retry("watching a UDP socket: " + error.message());
  fd.Release();
  made->port_ = ntohs(bound.sin_port);
  return made;
}

void DatagramSocket::Receive(Handler handler) {
  handler_ = std::move(handler);
  Wait();
}

void DatagramSocket::Close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  if (!draining_) handler_ = nullptr;  // it may own this socket, and nobody may come to say that it is closed
}

void DatagramSocket::Wait() {
  socket_.async_wait(boost::asio::ip::udp::socket::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       if (!self->socket_.is_open()) {
                         self->handler_ = nullptr;  // it may own this socket
                         return;
                       }
                       self->draining_ = true;
                       if (!error) self->Drain();
                       self->draining_ = false;
                       if (self->socket_.is_open()) return self->Wait();
                       self->handler_ = nullptr;
                     });
}

void DatagramSocket::Drain() {
  static thread_local DatagramBatch batch;
  for (int i = 0; i < kReadsPerWake && socket_.is_open(); ++i) {
    const size_t count = batch.Read(socket_.native_handle());
    for (size_t at = 0; at < count && socket_.is_open(); ++at) {
      Datagram datagram = batch.At(at);
      // For a broadcast the kernel names whichever address it likes; option 54 must name the configured one.
      if (interface_ && datagram.sent_to != datagram.local) datagram.local = interface_->address;
      if (datagram.source_port != 0) handler_(datagram);
    }
    if (count < DatagramBatch::kMost) return;
  }
}

DatagramSocket::Sent DatagramSocket::Send(std::span<const uint8_t> bytes, Ipv4 to, uint16_t to_port,
                                          Ipv4 from) {
  sockaddr_in destination = ToSockaddr(to, to_port);
  iovec part{const_cast<uint8_t*>(bytes.data()), bytes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in_pktinfo))> control{};
  msghdr message{};
  message.msg_name = &destination;
  message.msg_namelen = sizeof(destination);
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = IPPROTO_IP;
  head->cmsg_type = IP_PKTINFO;
  head->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
  in_pktinfo info{};
  // Clients and snooping switches compare a reply's source with option 54.
  info.ipi_spec_dst.s_addr = htonl(from.value);
  if (interface_) info.ipi_ifindex = interface_->index;
  std::memcpy(CMSG_DATA(head), &info, sizeof(info));
  const ssize_t n = ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  return n == static_cast<ssize_t>(bytes.size()) ? Sent::kSent : Sent::kDropped;
}

}  // namespace slipway
