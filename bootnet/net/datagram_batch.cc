#include "bootnet/net/datagram_batch.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace slipway {

struct DatagramBatch::Room {
  struct alignas(cmsghdr) Control {
    std::array<char, CMSG_SPACE(sizeof(in_pktinfo))> bytes;
  };
  std::array<mmsghdr, kMost> messages{};
  std::array<sockaddr_in, kMost> sources;
  std::array<iovec, kMost> parts;
  std::array<Control, kMost> controls;
  std::array<std::array<uint8_t, kLongest>, kMost> bytes;
};

DatagramBatch::DatagramBatch() : room_(new Room) {
  for (size_t i = 0; i < kMost; ++i) {
    room_->parts[i] = {room_->bytes[i].data(), kLongest};
    msghdr& head = room_->messages[i].msg_hdr;
    head.msg_name = &room_->sources[i];
    head.msg_iov = &room_->parts[i];
    head.msg_iovlen = 1;
    head.msg_control = room_->controls[i].bytes.data();
  }
}

DatagramBatch::~DatagramBatch() = default;

size_t DatagramBatch::Read(int fd, size_t most) {
  most = std::min(most, kMost);
  for (size_t i = 0; i < most; ++i) {
    room_->messages[i].msg_hdr.msg_namelen = sizeof(sockaddr_in);
    room_->messages[i].msg_hdr.msg_controllen = sizeof(Room::Control);
  }
  const int count =
      ::recvmmsg(fd, room_->messages.data(), static_cast<unsigned>(most), MSG_DONTWAIT, nullptr);
  return count < 0 ? 0 : static_cast<size_t>(count);
}

Datagram DatagramBatch::At(size_t index) const {
  mmsghdr& message = room_->messages[index];
  const sockaddr_in& source = room_->sources[index];
  Datagram datagram;
  datagram.bytes = {room_->bytes[index].data(), message.msg_len};
  datagram.source = {ntohl(source.sin_addr.s_addr)};
  datagram.source_port = ntohs(source.sin_port);
  msghdr& head = message.msg_hdr;
  for (cmsghdr* part = CMSG_FIRSTHDR(&head); part != nullptr; part = CMSG_NXTHDR(&head, part)) {
    if (part->cmsg_level != IPPROTO_IP || part->cmsg_type != IP_PKTINFO) continue;
    in_pktinfo info{};
    std::memcpy(&info, CMSG_DATA(part), sizeof(info));
    datagram.local = {ntohl(info.ipi_spec_dst.s_addr)};
    datagram.sent_to = {ntohl(info.ipi_addr.s_addr)};
  }
  return datagram;
}

}  // namespace slipway
