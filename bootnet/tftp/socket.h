#pragma once

#include <array>
#include <boost/asio/basic_datagram_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "bootnet/tftp/peer.h"
#include "schema/fleet/result.h"

namespace slipway::tftp {

/// Consecutive DATA packets of one transfer.
struct Burst {
  std::span<const uint8_t> data;  ///< of all blocks; only the last one may be short
  uint32_t block_size = 512;
  uint32_t count = 1;
  uint64_t first_block = 1;  ///< not wrapped
};

struct SocketPlace {
  Ipv4 address;         ///< 0.0.0.0 for all
  uint16_t port = 0;    ///< 0: a free one
  std::string setting;  ///< named in errors
};

/// A UDP socket for TFTP: never sends to a broadcast address, hears nothing that was sent to one (RFC 1123
/// §4.2.3.5), reads many packets and sends whole windows in one system call (UDP_SEGMENT; sendmmsg where the
/// interface will not). Lives on the io_context's thread.
class Socket : public std::enable_shared_from_this<Socket> {
 public:
  using Handler = std::function<void(const Peer&, std::span<const uint8_t>)>;

  static Result<std::shared_ptr<Socket>> Open(boost::asio::io_context& io, const SocketPlace& place);

  /// Calls `handler` for each datagram until Close. The bytes are valid during the call.
  void Receive(Handler handler);
  /// How many datagrams one wake-up reads. Looking for a second one where there is only one peer costs as
  /// much as reading the first.
  enum class Peers : uint8_t { kOne, kMany };
  void Expect(Peers peers) { peers_ = peers; }
  /// Whether this is the only transfer. A peer that answers sooner than a sleeping thread wakes (a virtual
  /// machine of this host, a fast wire) is then waited for awake: some microseconds, which nobody else wants.
  enum class Company : uint8_t { kOthers, kAlone };
  void Keep(Company company) { company_ = company; }
  void Close();
  uint16_t port() const { return port_; }

  /// What the kernel does not take is lost like any packet on the way.
  void Send(std::span<const uint8_t> bytes, const Peer& to);
  /// kUnreadable: the bytes are no longer behind the mapping, because the file was cut short.
  enum class Sent : uint8_t { kGood, kUnreadable };
  Sent SendBurst(const Burst& burst, const Peer& to);

 private:
  Socket(boost::asio::io_context& io, bool any_address);
  void ReceiveNext();
  void Give(size_t size);
  void Linger();
  void Wait();
  void Drain();
  struct Envelope;

  using Executor = boost::asio::io_context::executor_type;
  boost::asio::basic_datagram_socket<boost::asio::ip::udp, Executor> socket_;
  Handler handler_;
  std::array<uint8_t, 2048> first_;  ///< what Asio reads into; longer than any request that is looked at
  boost::asio::ip::udp::endpoint sender_;
  bool any_address_;  ///< bound to all: the address to answer from travels with each packet
  Peers peers_ = Peers::kOne;
  Company company_ = Company::kOthers;
  std::chrono::steady_clock::time_point answered_;  ///< when the last datagram had been seen to
  bool soon_ = false;                               ///< whether it came soon after the one before
  uint32_t vain_ = 0;                               ///< grows with each time that was lingered in vain,
  uint32_t pause_ = 0;                              ///< so many datagrams pass before the next time
  bool segments_ = true;
  uint16_t port_ = 0;
  Ipv4 address_;
};

}  // namespace slipway::tftp
