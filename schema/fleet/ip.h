#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slipway {

/// An IPv4 or IPv6 address, as links carry them (RFC 4291, RFC 5952 for the text). What the boot network
/// itself needs is Ipv4 (ipv4.h).
struct IpAddress {
  std::array<uint8_t, 16> bytes{};  ///< in network order; IPv4 uses the first four
  bool v6 = false;

  auto operator<=>(const IpAddress&) const = default;

  /// No zone, no prefix length; IPv4 as a strict dotted quad.
  static std::optional<IpAddress> Parse(std::string_view text);
  std::string ToString() const;
  bool IsUnspecified() const;
};

/// An address with a prefix length; the host bits are kept.
struct IpPrefix {
  IpAddress address;
  uint8_t length = 0;

  auto operator<=>(const IpPrefix&) const = default;

  static std::optional<IpPrefix> Parse(std::string_view text);
  std::string ToString() const;
  bool Contains(const IpAddress& other) const;
};

}  // namespace slipway
