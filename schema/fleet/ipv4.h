#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway {

/// An IPv4 address in host byte order.
struct Ipv4 {
  uint32_t value = 0;

  auto operator<=>(const Ipv4&) const = default;

  /// Strict dotted quad: four decimal numbers without leading zeros.
  static std::optional<Ipv4> Parse(std::string_view text);
  std::string ToString() const;

  bool IsMulticast() const { return value >> 28U == 0xe; }
  bool IsLoopback() const { return value >> 24U == 127; }
  bool IsUnspecified() const { return value == 0; }
  bool IsBroadcast() const { return value == 0xffffffffU; }
};

/// An address with a prefix length. `address` keeps its host bits: "10.0.128.2/24".
struct Ipv4Prefix {
  Ipv4 address;
  uint8_t length = 0;

  auto operator<=>(const Ipv4Prefix&) const = default;

  static std::optional<Ipv4Prefix> Parse(std::string_view text);
  std::string ToString() const;

  uint32_t Mask() const { return length == 0 ? 0 : ~uint32_t{0} << (32U - length); }
  Ipv4 Network() const { return {address.value & Mask()}; }
  Ipv4 Broadcast() const { return {address.value | ~Mask()}; }
  bool Contains(Ipv4 other) const { return (other.value & Mask()) == Network().value; }
};

}  // namespace slipway
