#include "bootnet/link.h"

namespace slipway {

namespace {

using Mode = BootNetworkConfig::DhcpMode;

dhcp::Setting SettingOf(Mode mode) {
  switch (mode) {
    case Mode::kServer:
      return dhcp::Setting::kServer;
    case Mode::kAuto:
      return dhcp::Setting::kAuto;
    case Mode::kObserve:
      return dhcp::Setting::kObserve;
    case Mode::kProxy:
    case Mode::kOff:
      break;
  }
  return dhcp::Setting::kProxy;
}

}  // namespace

Link::Link(boost::asio::io_context& io, std::shared_ptr<Services> services,
           std::shared_ptr<dhcp::LeaseService> leases, std::shared_ptr<dns::ZoneSource> zones,
           const BootNetworkConfig& config, std::optional<Interface> interface, Ipv4 address)
    : io_(io),
      services_(std::move(services)),
      config_(config),
      interface_(std::move(interface)),
      address_(address),
      zones_(std::move(zones)) {
  parts_.setting = SettingOf(config.dhcp);
  parts_.leases = std::move(leases);
}

Link::~Link() {
  if (http_) http_->Stop();
  if (https_) https_->Stop();
  if (tftp_) tftp_->Stop();
  if (parts_.watcher) parts_.watcher->Close();
  if (parts_.prober) parts_.prober->Close();
  if (parts_.sender) parts_.sender->Close();
}

/// Whatever an address server needs must be there before its first packet. A proxy does without.
bool Link::OpenDhcpParts(std::vector<Error>& errors) {
  const auto take = [&](auto opened, auto& part) {
    if (opened) {
      part = std::move(*opened);
    } else {
      errors.push_back(opened.error());
    }
    return part != nullptr;
  };
  const bool serves = config_.dhcp == Mode::kServer || config_.dhcp == Mode::kAuto;
  if (serves) {
    if (auto opened = parts_.leases->Open(); !opened) {
      errors.push_back(opened.error());
      return false;
    }
    if (!parts_.prober && !take(Prober::Open(io_, *interface_), parts_.prober)) return false;
    if (!parts_.sender && !take(PacketSocket::Open(io_, *interface_, FrameKind::kNone), parts_.sender))
      return false;
  }
  if (!parts_.watcher && !interface_->address.IsLoopback()) {
    dhcp::WatcherOptions options;
    options.interface = *interface_;
    options.quiet_seconds = config_.dhcp_quiet_seconds;
    if (config_.dhcp == Mode::kAuto) options.purpose = dhcp::WatcherOptions::Purpose::kAuto;
    if (config_.dhcp == Mode::kObserve) options.asking = dhcp::WatcherOptions::Asking::kNever;
    auto opened = dhcp::Watcher::Open(io_, services_, parts_.leases, options);
    // Without the right to listen a proxy only does not know its neighbours.
    if (opened || serves) return take(std::move(opened), parts_.watcher);
  }
  return true;
}

void Link::KeepAddressesReady() {
  if (parts_.prober && parts_.GivesAddresses()) parts_.leases->KeepReady(interface_->address, parts_.prober);
}

std::optional<DhcpLinkStatus> Link::dhcp() const {
  if (!dhcp_) return std::nullopt;
  DhcpLinkStatus status;
  status.interface = interface_->name;
  status.setting = dhcp::ToString(parts_.setting);
  status.role = parts_.GivesAddresses() ? "server" : "proxy";
  if (parts_.setting == dhcp::Setting::kObserve) status.role = "observe";
  status.reason = parts_.setting == dhcp::Setting::kAuto && parts_.watcher ? parts_.watcher->Reason()
                                                                           : "boot.dhcp says so";
  if (parts_.watcher) status.servers = parts_.watcher->servers();
  return status;
}

void Link::OpenHttp(const http::ServerOptions& options, std::shared_ptr<http::Server>& server,
                    std::vector<Error>& errors) {
  if (server) return;
  auto opened = http::Server::Open(io_, services_, options);
  if (opened) {
    server = std::move(*opened);
  } else {
    errors.push_back(opened.error());
  }
}

void Link::OpenDhcp(dhcp::Port port, std::unique_ptr<dhcp::Server>& server, std::vector<Error>& errors) {
  if (server || !interface_) return;
  dhcp::ServerOptions options;
  options.interface = *interface_;
  options.port = port;
  options.port_number = port == dhcp::Port::kServer ? config_.dhcp_port : config_.pxe_port;
  options.client_port = config_.dhcp_client_port;
  options.http_port = http_ ? http_->port() : config_.http_port;
  auto opened = dhcp::Server::Open(io_, services_, options, parts_);
  if (opened) {
    server = std::move(*opened);
  } else {
    errors.push_back(opened.error());
  }
}

/// Open as long as the served Site asks for it.
void Link::FollowDns(std::vector<Error>& errors) {
  if (!zones_->Get().enabled()) return dns_.reset();
  if (dns_) return;
  auto opened = dns::Server::Open(io_, zones_, {address_, interface_, config_.dns_port});
  if (opened) {
    dns_ = std::move(*opened);
  } else {
    errors.push_back(opened.error());
  }
}

std::vector<Error> Link::OpenMissing() {
  std::vector<Error> errors;
  OpenHttp({address_, config_.http_port, std::nullopt}, http_, errors);
  if (config_.https_port) {
    const http::TlsFiles files{config_.tls_certificate, config_.tls_key};
    OpenHttp({address_, *config_.https_port, files}, https_, errors);
  }
  if (!tftp_) {
    auto opened = tftp::Server::Open(io_, services_, {address_, config_.tftp_port, config_.tftp_ports});
    if (opened) {
      tftp_ = std::move(*opened);
    } else {
      errors.push_back(opened.error());
    }
  }
  FollowDns(errors);
  // What is offered must be there to be fetched: DHCP speaks last.
  if (config_.dhcp != Mode::kOff && interface_ && OpenDhcpParts(errors)) {
    OpenDhcp(dhcp::Port::kServer, dhcp_, errors);
    OpenDhcp(dhcp::Port::kPxe, pxe_, errors);
  }
  return errors;
}

BootPorts Link::ports() const {
  BootPorts ports;
  if (dhcp_) ports.dhcp = dhcp_->port();
  if (pxe_) ports.pxe = pxe_->port();
  if (tftp_) ports.tftp = tftp_->port();
  if (http_) ports.http = http_->port();
  if (https_) ports.https = https_->port();
  if (dns_) ports.dns = dns_->port();
  return ports;
}

}  // namespace slipway
