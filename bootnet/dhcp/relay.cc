#include "bootnet/dhcp/relay.h"

namespace slipway::dhcp {
namespace {

constexpr uint8_t kLinkSelection = 5;
constexpr uint8_t kServerIdOverride = 11;

std::optional<Ipv4> AddressIn(std::span<const uint8_t> area, uint8_t code) {
  const auto value = FindSuboption(area, code);
  if (!value || value->size() != 4) return std::nullopt;
  Ipv4 address;
  for (uint8_t byte : *value) address.value = address.value << 8U | byte;
  if (!IsUnicast(address)) return std::nullopt;
  return address;
}

}  // namespace

bool IsUnicast(Ipv4 address) {
  return !address.IsUnspecified() && !address.IsLoopback() && address.value >> 28U < 0xe;
}

RelayWords RelayWordsOf(const Packet& packet) {
  const auto area = packet.options.Find(kOptRelayAgent);
  if (!area || packet.giaddr.IsUnspecified()) return {};
  return {AddressIn(*area, kLinkSelection), AddressIn(*area, kServerIdOverride)};
}

Ipv4 SubnetHint(const Packet& packet, Arrival arrival, Ipv4 local) {
  if (const RelayWords words = RelayWordsOf(packet); words.link) return *words.link;
  const std::optional<Ipv4> selected = packet.options.Address(kOptSubnetSelection);
  if (selected && IsUnicast(*selected)) return *selected;
  if (!packet.giaddr.IsUnspecified()) return packet.giaddr;
  if (arrival == Arrival::kUnicast && IsUnicast(packet.ciaddr)) return packet.ciaddr;
  return local;
}

Ipv4 ServerIdFor(const Packet& packet, Ipv4 local) { return RelayWordsOf(packet).server_id.value_or(local); }

}  // namespace slipway::dhcp
