#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <span>

#include "bootnet/net/interface.h"
#include "schema/fleet/mac.h"
#include "schema/fleet/result.h"

namespace slipway {

/// Which frames a packet socket hears.
enum class FrameKind : uint8_t {
  kNone,  ///< it only sends
  kArp,
  kDhcpReplies,  ///< IPv4 UDP to port 68, filtered in the kernel
};

/// An AF_PACKET socket on one interface: whole Ethernet frames in and out. Needs CAP_NET_RAW. Lives on the
/// io_context's thread.
class PacketSocket : public std::enable_shared_from_this<PacketSocket> {
 public:
  using Handler = std::function<void(std::span<const uint8_t> frame)>;

  static Result<std::shared_ptr<PacketSocket>> Open(boost::asio::io_context& io, const Interface& interface,
                                                    FrameKind kind);

  /// Calls `handler` for each frame that came in from the cable for this host or for all, until Close: not
  /// for our own, and not for those of a VLAN that is not this interface's.
  void Receive(Handler handler);
  void Close();
  /// False when the kernel took it not.
  bool Send(std::span<const uint8_t> frame);
  const Mac& own_mac() const { return own_mac_; }  ///< of the interface

 private:
  explicit PacketSocket(boost::asio::io_context& io) : socket_(io) {}
  void Wait();
  void Drain();

  boost::asio::posix::stream_descriptor socket_;
  Mac own_mac_;
  Handler handler_;
};

}  // namespace slipway
