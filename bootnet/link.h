#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "bootnet/boot_network.h"
#include "bootnet/dhcp/server.h"
#include "bootnet/dns/server.h"
#include "bootnet/http/server.h"
#include "bootnet/net/interface.h"
#include "bootnet/net/services.h"
#include "bootnet/tftp/server.h"

namespace slipway {

/// The servers of one place: an interface, or an address where no interface was named.
class Link {
 public:
  /// Nothing is opened yet. `interface` is nothing only where DHCP is off.
  Link(boost::asio::io_context& io, std::shared_ptr<Services> services,
       std::shared_ptr<dhcp::LeaseService> leases, std::shared_ptr<dns::ZoneSource> zones,
       const BootNetworkConfig& config, std::optional<Interface> interface, Ipv4 address);
  ~Link();

  /// Opens whatever is not open yet; what went wrong, one error per server. Empty when all are up.
  std::vector<Error> OpenMissing();

  const std::optional<Interface>& interface() const { return interface_; }
  BootPorts ports() const;
  std::optional<DhcpLinkStatus> dhcp() const;  ///< nothing while DHCP is not up
  void KeepAddressesReady();                   ///< call every few seconds

 private:
  void OpenHttp(const http::ServerOptions& options, std::shared_ptr<http::Server>& server,
                std::vector<Error>& errors);
  void FollowDns(std::vector<Error>& errors);
  bool OpenDhcpParts(std::vector<Error>& errors);
  void OpenDhcp(dhcp::Port port, std::unique_ptr<dhcp::Server>& server, std::vector<Error>& errors);

  boost::asio::io_context& io_;
  std::shared_ptr<Services> services_;
  const BootNetworkConfig& config_;
  std::optional<Interface> interface_;
  Ipv4 address_;
  std::shared_ptr<http::Server> http_;
  std::shared_ptr<http::Server> https_;
  std::shared_ptr<tftp::Server> tftp_;
  std::shared_ptr<dns::ZoneSource> zones_;
  std::unique_ptr<dns::Server> dns_;
  dhcp::LinkParts parts_;
  std::unique_ptr<dhcp::Server> dhcp_;
  std::unique_ptr<dhcp::Server> pxe_;
};

}  // namespace slipway
