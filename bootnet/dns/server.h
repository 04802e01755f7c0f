#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>

#include "bootnet/dns/tcp.h"
#include "bootnet/dns/zone.h"
#include "bootnet/net/datagram.h"
#include "bootnet/net/services.h"

namespace slipway::dns {

/// The zone of what is served, made anew when that changes. On the io_context's thread.
class ZoneSource {
 public:
  explicit ZoneSource(std::shared_ptr<Services> services) : services_(std::move(services)) {}
  const Zone& Get();
  void Count(DnsResult result) {
    services_->dns_queries[static_cast<size_t>(result)].fetch_add(1, std::memory_order_relaxed);
  }

 private:
  std::shared_ptr<Services> services_;
  std::shared_ptr<const Catalog> made_of_;
  Zone zone_;
};

struct ServerOptions {
  Ipv4 address;
  std::optional<Interface> interface;
  uint16_t port = 53;  ///< 0: a free one, the same for UDP and TCP
};

/// DNS over UDP and TCP at one address: hands messages to Answer, not more than a source may ask. Lives on
/// the io_context's thread.
class Server {
 public:
  static Result<std::unique_ptr<Server>> Open(boost::asio::io_context& io, std::shared_ptr<ZoneSource> zones,
                                              const ServerOptions& options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  uint16_t port() const { return udp_->port(); }

 private:
  Server(std::shared_ptr<DatagramSocket> udp, std::shared_ptr<TcpListener> tcp)
      : udp_(std::move(udp)), tcp_(std::move(tcp)) {}

  std::shared_ptr<DatagramSocket> udp_;
  std::shared_ptr<TcpListener> tcp_;
};

}  // namespace slipway::dns
