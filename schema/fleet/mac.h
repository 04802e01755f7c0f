#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace slipway {

/// A 48-bit Ethernet address. Value type; orders by its bytes.
struct Mac {
  std::array<uint8_t, 6> bytes{};

  auto operator<=>(const Mac&) const = default;

  /// Accepts "6c:4b:90:8b:a1:6d", "6c-4b-90-8b-a1-6d" and "6c4b.908b.a16d" in either case, nothing else.
  static std::optional<Mac> Parse(std::string_view text);

  std::string ToColons() const;   ///< 6c:4b:90:8b:a1:6d, what people and Talos write
  std::string ToHyphens() const;  ///< 6c-4b-90-8b-a1-6d, iPXE's ${mac:hexhyp} and our file names

  bool IsMulticast() const { return (bytes[0] & 1U) != 0; }
  bool IsZero() const { return *this == Mac{}; }
};

}  // namespace slipway

template <>
struct std::hash<slipway::Mac> {
  size_t operator()(const slipway::Mac& mac) const noexcept {
    uint64_t value = 0;
    for (uint8_t byte : mac.bytes) value = value << 8U | byte;
    return static_cast<size_t>(value * 0x9e3779b97f4a7c15ULL);
  }
};
