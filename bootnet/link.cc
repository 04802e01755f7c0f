#include "bootnet/link.h"

namespace slipway {

Link::Link(boost::asio::io_context& io, std::shared_ptr<Services> services, const BootNetworkConfig& config,
           std::optional<Interface> interface, Ipv4 address)
    : io_(io),
      services_(std::move(services)),
      config_(config),
      interface_(std::move(interface)),
      address_(address) {}

Link::~Link() {
  if (http_) http_->Stop();
  if (https_) https_->Stop();
  if (tftp_) tftp_->Stop();
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
  auto opened = dhcp::Server::Open(io_, services_, options);
  if (opened) {
    server = std::move(*opened);
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
  // What is offered must be there to be fetched: DHCP speaks last.
  if (config_.dhcp == BootNetworkConfig::DhcpMode::kProxy) {
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
  return ports;
}

}  // namespace slipway
