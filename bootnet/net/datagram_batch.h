#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "schema/fleet/ipv4.h"

namespace slipway {

/// One datagram, with what Asio does not tell: where it was sent to.
struct Datagram {
  std::span<const uint8_t> bytes;  ///< valid during the call
  Ipv4 source;
  uint16_t source_port = 0;
  Ipv4 local;    ///< the address of ours to answer from; where the socket was not asked for it (IP_PKTINFO)
                 ///< 0.0.0.0
  Ipv4 sent_to;  ///< the packet's destination: `local`, or a broadcast
};

/// Room for the datagrams that one system call reads. One thread.
class DatagramBatch {
 public:
  static constexpr size_t kMost = 32;
  /// Longer than any request that is looked at, so that "too long" is seen as such and not cut into something
  /// valid.
  static constexpr size_t kLongest = 8192;

  DatagramBatch();
  ~DatagramBatch();
  DatagramBatch(const DatagramBatch&) = delete;

  /// What is there, at most `most`; never waits. Nothing where there is nothing, and where an ICMP error of
  /// an earlier reply comes first: the kernel tells it once, and goes on with the next call.
  size_t Read(int fd, size_t most = kMost);
  /// Of the last Read, and valid until the next.
  Datagram At(size_t index) const;

 private:
  struct Room;
  std::unique_ptr<Room> room_;
};

}  // namespace slipway
