#include "bootnet/dhcp/foreign.h"

#include <algorithm>

namespace slipway::dhcp {
namespace {

constexpr size_t kHeader = 240;
constexpr std::string_view kPxeClass = "PXEClient:Arch:00007:UNDI:003000";

Ipv4 AddressAt(std::span<const uint8_t> bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8U | bytes[at + i];
  return {value};
}

/// Firmware that finds option 60 without these beside an address goes to that server's port 4011, whatever a
/// proxy offers (edk2 PxeBcDhcp4.c, kind BINL).
bool HasPxeDirections(const Options& options) {
  const auto area = options.Find(kOptVendorSpecific);
  if (!area) return false;
  for (uint8_t code = 6; code <= 10; ++code) {
    if (FindSuboption(*area, code)) return true;
  }
  return false;
}

std::string BootFileOf(std::span<const uint8_t> bytes, const Packet& packet) {
  if (packet.options.Find(kOptBootFileName)) return std::string(packet.options.Text(kOptBootFileName));
  if ((packet.options.Byte(kOptOverload).value_or(0) & 1U) != 0) return {};
  const auto field = bytes.subspan(108, 128);
  return {field.begin(), std::find(field.begin(), field.end(), 0)};
}

void AddOption(std::vector<uint8_t>& out, uint8_t code, std::span<const uint8_t> value) {
  out.push_back(code);
  out.push_back(static_cast<uint8_t>(value.size()));
  out.insert(out.end(), value.begin(), value.end());
}

void AddOption(std::vector<uint8_t>& out, uint8_t code, std::string_view text) {
  AddOption(out, code, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

}  // namespace

std::optional<ForeignServer> ReadForeignServer(const UdpFrame& frame, int64_t now) {
  Packet packet;
  if (!ParseReply(frame.payload, packet)) return std::nullopt;
  const Ipv4 yiaddr = AddressAt(frame.payload, 16);
  const bool nak = packet.type == MessageType::kNak;
  const bool grants = packet.type == MessageType::kOffer || packet.type == MessageType::kAck;
  if (!nak && !grants) return std::nullopt;
  if (grants && yiaddr.IsUnspecified() && !packet.ciaddr.IsUnspecified()) return std::nullopt;
  ForeignServer server;
  server.source = frame.from;
  server.mac = frame.from_mac;
  server.id = packet.options.Address(kOptServerId).value_or(frame.from);
  server.gives_addresses = nak || !yiaddr.IsUnspecified();
  server.boot_file = BootFileOf(frame.payload, packet);
  const bool pxe = packet.options.Text(kOptVendorClass).starts_with("PXEClient");
  server.breaks_uefi = server.gives_addresses && pxe && !HasPxeDirections(packet.options);
  server.last_seen = now;
  return server;
}

ForeignServer ServerOfRequest(Ipv4 server_id, int64_t now) {
  ForeignServer server;
  server.id = server_id;
  server.gives_addresses = true;
  server.last_seen = now;
  return server;
}

std::vector<uint8_t> BuildDiscoverFrame(const Mac& from, uint32_t xid, std::string_view user_class) {
  std::vector<uint8_t> payload(kHeader, 0);
  payload[0] = 1;
  payload[1] = 1;
  payload[2] = 6;
  for (size_t i = 0; i < 4; ++i) payload[4 + i] = static_cast<uint8_t>(xid >> (24 - 8 * i));
  payload[10] = 0x80;
  std::copy(from.bytes.begin(), from.bytes.end(), payload.begin() + 28);
  const uint8_t cookie[] = {0x63, 0x82, 0x53, 0x63};
  std::copy(std::begin(cookie), std::end(cookie), payload.begin() + 236);
  const uint8_t type[] = {static_cast<uint8_t>(MessageType::kDiscover)};
  const uint8_t list[] = {1, 3, 6, 15, 43, 54, 60, 66, 67, 97};
  const uint8_t arch[] = {0, 7};
  const uint8_t undi[] = {1, 3, 0};
  AddOption(payload, kOptMessageType, type);
  AddOption(payload, kOptParameterList, list);
  AddOption(payload, kOptVendorClass, kPxeClass);
  AddOption(payload, kOptClientArch, arch);
  AddOption(payload, kOptNicId, undi);
  if (!user_class.empty()) AddOption(payload, kOptUserClass, user_class);
  payload.push_back(kOptEnd);
  payload.resize(std::max<size_t>(payload.size(), 300), 0);
  return BuildUdpFrame({from, kBroadcastMac, {}, {0xffffffff}, 68, 67, payload});
}

std::string Describe(const ForeignServer& server) {
  std::string text = server.id.ToString();
  if (!server.mac.IsZero()) text += " (" + server.mac.ToColons() + ")";
  text += server.gives_addresses ? " gives addresses" : " answers boot clients beside another server";
  if (!server.boot_file.empty()) text += "; it tells machines to boot " + server.boot_file;
  if (server.breaks_uefi) {
    text +=
        "; it sends option 60 (PXEClient) without option 43, so UEFI machines ask it alone what to boot: "
        "remove option 60 there";
  }
  return text;
}

}  // namespace slipway::dhcp
