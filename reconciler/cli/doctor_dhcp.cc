// Which other DHCP servers speak on the provisioning LANs, and what that means for ours.
#include <boost/asio/io_context.hpp>
#include <map>
#include <random>

#include "bootnet/dhcp/foreign.h"
#include "bootnet/net/packet_socket.h"
#include "reconciler/cli/doctor.h"

namespace slipway::cli {
namespace {

using Level = Finding::Level;

constexpr std::chrono::seconds kListen{4};  // proxies answer late

/// From a machine that is not there: locally administered.
Mac NobodysMac() {
  std::random_device random;
  Mac mac;
  for (uint8_t& byte : mac.bytes) byte = static_cast<uint8_t>(random());
  mac.bytes[0] = static_cast<uint8_t>((mac.bytes[0] & 0xfcU) | 2U);
  return mac;
}

Result<std::map<Ipv4, ForeignServer>> ServersOn(const Interface& interface) {
  boost::asio::io_context io;
  auto socket = PacketSocket::Open(io, interface, FrameKind::kDhcpReplies);
  if (!socket) return tl::make_unexpected(socket.error());
  std::map<Ipv4, ForeignServer> servers;
  (*socket)->Receive([&](std::span<const uint8_t> frame) {
    const auto udp = ParseUdpFrame(frame);
    if (!udp || udp->from == interface.address) return;
    if (auto server = dhcp::ReadForeignServer(*udp, 0)) servers[server->id] = std::move(*server);
  });
  if (!(*socket)->Send(dhcp::BuildDiscoverFrame(NobodysMac(), std::random_device{}())))
    return Retry("the kernel did not send a DISCOVER on " + interface.name);
  io.run_for(kListen);
  (*socket)->Close();
  io.restart();
  io.run_for(std::chrono::milliseconds(10));
  return servers;
}

/// What one server means for a daemon that is to be `setting`.
Finding Judge(const ForeignServer& server, DhcpSetting setting, const std::string& what) {
  const std::string told = dhcp::Describe(server);
  if (setting == DhcpSetting::kServer && server.gives_addresses) {
    return {Level::kBad, what, told,
            "two servers must not give addresses: switch that one off, or set boot.dhcp: proxy"};
  }
  if (server.breaks_uefi) {
    return {Level::kBad, what, told,
            "remove option 60 (vendor class PXEClient) from that server: UEFI then asks nobody but it"};
  }
  if (server.gives_addresses && !server.boot_file.empty()) {
    return {Level::kWarning, what, told,
            "remove the boot file from that server, or point it to Slipway: iPXE prefers it to a proxy's"};
  }
  if (!server.gives_addresses)
    return {Level::kWarning, what, told, "two proxies race for every machine: switch one off"};
  return {Level::kGood, what, told, ""};
}

Findings LookOn(const Interface& interface, DhcpSetting setting) {
  const std::string what = "DHCP on " + interface.name;
  const auto servers = ServersOn(interface);
  if (!servers) return {{Level::kWarning, what, "cannot listen: " + servers.error().message, "run as root"}};
  Findings findings;
  int address_servers = 0;
  for (const auto& [id, server] : *servers) {
    address_servers += server.gives_addresses ? 1 : 0;
    findings.push_back(Judge(server, setting, what));
  }
  if (address_servers == 0 && setting == DhcpSetting::kProxy) {
    findings.push_back({Level::kBad, what, "no server gave an address within four seconds",
                        "a proxy only adds to another server: start one, or set boot.dhcp: server"});
  } else if (address_servers == 0) {
    findings.push_back({Level::kGood, what, "no other server gives addresses", ""});
  }
  if (address_servers > 1)
    findings.push_back({Level::kWarning, what, std::to_string(address_servers) + " servers give addresses",
                        "keep one, unless they share their leases"});
  return findings;
}

}  // namespace

Findings LookAtDhcp(const DaemonConfig& config) {
  Findings findings;
  if (config.boot.dhcp == DhcpSetting::kOff) return findings;
  for (const std::string& name : config.boot.interfaces) {
    const auto interface = FindInterface(name, config.boot.address);
    if (!interface || interface->address.IsLoopback()) continue;
    for (Finding& finding : LookOn(*interface, config.boot.dhcp)) findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace slipway::cli
