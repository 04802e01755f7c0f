#include "bootnet/dhcp/relay.h"

#include <array>
#include <span>

namespace slipway::dhcp {
namespace {

constexpr uint8_t kCircuitId = 1;
constexpr uint8_t kRemoteId = 2;
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

uint64_t CircuitOf(const Packet& packet) {
  const auto area = packet.options.Find(kOptRelayAgent);
  if (!area || packet.giaddr.IsUnspecified()) return 0;
  const auto circuit = FindSuboption(*area, kCircuitId);
  if (!circuit) return 0;
  uint64_t hash =
      14695981039346656037U;  // FNV-1a: relays are not hostile, and a chance meeting costs a share
  const auto mix = [&](std::span<const uint8_t> bytes) {
    for (uint8_t byte : bytes) hash = (hash ^ byte) * 1099511628211U;
  };
  for (unsigned shift : {24U, 16U, 8U, 0U})
    mix(std::array{static_cast<uint8_t>(packet.giaddr.value >> shift)});
  mix(std::array{static_cast<uint8_t>(circuit->size())});
  mix(*circuit);
  if (const auto remote = FindSuboption(*area, kRemoteId)) mix(*remote);
  return hash | 1U;
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
