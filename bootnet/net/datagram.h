#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "bootnet/net/datagram_batch.h"
#include "bootnet/net/interface.h"
#include "schema/fleet/result.h"

namespace slipway {

/// Where a UDP server listens.
struct DatagramPlace {
  Ipv4 address;                        ///< 0.0.0.0 hears broadcasts too
  uint16_t port = 0;                   ///< 0: a free one
  std::optional<Interface> interface;  ///< nothing from elsewhere is heard, nothing leaves elsewhere
  std::string setting;                 ///< named in errors: "boot.tftp_port"
};

/// A UDP socket that is not blocking and not inherited by children. Lives on the io_context's thread.
class DatagramSocket : public std::enable_shared_from_this<DatagramSocket> {
 public:
  using Handler = std::function<void(const Datagram&)>;

  static Result<std::shared_ptr<DatagramSocket>> Open(boost::asio::io_context& io,
                                                      const DatagramPlace& place);

  /// Calls `handler` for each datagram until Close. A broken datagram never ends the loop.
  void Receive(Handler handler);
  void Close();
  uint16_t port() const { return port_; }

  /// kDropped when the kernel took it not: a full buffer, a link that is down. UDP clients ask again.
  enum class Sent : uint8_t { kSent, kDropped };
  Sent Send(std::span<const uint8_t> bytes, Ipv4 to, uint16_t to_port, Ipv4 from);

 private:
  DatagramSocket(boost::asio::io_context& io, std::optional<Interface> interface);
  void Wait();
  void Drain();

  boost::asio::ip::udp::socket socket_;
  std::optional<Interface> interface_;
  Handler handler_;
  bool draining_ = false;  ///< it may be running
  uint16_t port_ = 0;
};

}  // namespace slipway
