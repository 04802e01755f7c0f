#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/icmp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "bootnet/net/packet_socket.h"

namespace slipway {

/// Asks the network whether somebody uses an address: by ARP (RFC 5227) where it is on the link, by ICMP echo
/// where it is behind a router. Many at a time, none of them waits for another. Lives on the io_context's
/// thread.
class Prober : public std::enable_shared_from_this<Prober> {
 public:
  /// Who answered: a zero MAC where that was by ICMP. Nothing: nobody did.
  using Done = std::function<void(std::optional<Mac> user)>;

  static Result<std::shared_ptr<Prober>> Open(boost::asio::io_context& io, const Interface& interface);

  /// Calls `done` once, some 400 ms later or when somebody answers, and not at all when the prober is closed
  /// first. Asked again for an address under way, both are told. False when too many are under way.
  bool Check(Ipv4 address, Done done);
  void Close();
  size_t under_way() const { return checks_.size(); }

 private:
  struct PendingCheck {
    explicit PendingCheck(boost::asio::io_context& io) : timer(io) {}
    boost::asio::steady_timer timer;
    std::vector<Done> waiting;
    int sent = 0;
  };
  Prober(boost::asio::io_context& io, const Interface& interface, std::shared_ptr<PacketSocket> arp);
  void Ask(Ipv4 address, PendingCheck& check);
  void SendEcho(Ipv4 address);
  void ReceiveEcho();
  void Finish(Ipv4 address, std::optional<Mac> user);

  boost::asio::io_context& io_;
  const Ipv4Prefix network_;
  std::shared_ptr<PacketSocket> arp_;
  boost::asio::ip::icmp::socket echo_;
  std::map<uint32_t, PendingCheck> checks_;
};

}  // namespace slipway
