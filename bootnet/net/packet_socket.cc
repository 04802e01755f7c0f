#include "bootnet/net/packet_socket.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "bootnet/catalog/unique_fd.h"

namespace slipway {
namespace {

constexpr int kPerWake = 64;

uint16_t ProtocolOf(FrameKind kind) {
  switch (kind) {
    case FrameKind::kNone:
      return 0;
    case FrameKind::kArp:
      return ETH_P_ARP;
    case FrameKind::kDhcpReplies:
      return ETH_P_IP;
  }
  return 0;
}

/// `ip proto udp and not a later fragment and udp dst port 68`, in classic BPF over an Ethernet frame.
int AttachDhcpFilter(int fd) {
  constexpr uint8_t kSkip = 7;
  std::array<sock_filter, 9> code{{
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 23),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 17, 0, kSkip - 1),
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 20),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, kSkip - 3, 0),
      BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14),
      BPF_STMT(BPF_LD | BPF_H | BPF_IND, 16),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 68, 0, kSkip - 6),
      BPF_STMT(BPF_RET | BPF_K, 0xffff),
      BPF_STMT(BPF_RET | BPF_K, 0),
  }};
  const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

}  // namespace

Result<std::shared_ptr<PacketSocket>> PacketSocket::Open(boost::asio::io_context& io,
                                                         const Interface& interface, FrameKind kind) {
  const auto fail = [&](const char* what) {
    const std::string text = std::string(what) + " on " + interface.name + ": " + std::strerror(errno);
    if (errno == EPERM || errno == EACCES) {
      return FixInput(text + "; give the daemon CAP_NET_RAW, or set boot.dhcp to proxy");
    }
    return Retry(text);
  };
  // Protocol 0 until the filter stands, so that nothing slips in before it.
  UniqueFd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return fail("opening a packet socket");
  if (kind == FrameKind::kDhcpReplies && AttachDhcpFilter(fd.get()) != 0) return fail("filtering packets");
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ProtocolOf(kind));
  address.sll_ifindex = interface.index;
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return fail("binding a packet socket");
  }
  socklen_t length = sizeof(address);
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    return fail("reading an Ethernet address");
  }
  std::shared_ptr<PacketSocket> made(new PacketSocket(io));
  if (address.sll_halen == made->own_mac_.bytes.size()) {
    std::memcpy(made->own_mac_.bytes.data(), address.sll_addr, address.sll_halen);
  }
  boost::system::error_code error;
  made->socket_.assign(fd.get(), error);
  if (error) return Retry("watching a packet socket: " + error.message());
  fd.Release();
  return made;
}

void PacketSocket::Receive(Handler handler) {
  handler_ = std::move(handler);
  Wait();
}

void PacketSocket::Close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void PacketSocket::Wait() {
  socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       if (!self->socket_.is_open()) {
                         self->handler_ = nullptr;
                         return;
                       }
                       if (!error) self->Drain();
                       if (self->socket_.is_open()) self->Wait();
                     });
}

void PacketSocket::Drain() {
  std::array<uint8_t, 2048> buffer;
  for (int i = 0; i < kPerWake && socket_.is_open(); ++i) {
    sockaddr_ll from{};
    socklen_t length = sizeof(from);
    const ssize_t n = ::recvfrom(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT,
                                 reinterpret_cast<sockaddr*>(&from), &length);
    if (n < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) return;
      continue;  // an interface that went down is reported once
    }
    // Of a VLAN without an interface here the kernel takes off the tag and calls the frame another host's.
    if (from.sll_pkttype == PACKET_OUTGOING || from.sll_pkttype == PACKET_OTHERHOST) continue;
    handler_(std::span(buffer.data(), static_cast<size_t>(n)));
  }
}

bool PacketSocket::Send(std::span<const uint8_t> frame) {
  return ::send(socket_.native_handle(), frame.data(), frame.size(), MSG_DONTWAIT | MSG_NOSIGNAL) ==
         static_cast<ssize_t>(frame.size());
}

}  // namespace slipway
