#include "schema/fleet/ipv4.h"

#include <array>
#include <charconv>

namespace slipway {
namespace {

/// A decimal number of at most `limit` at the front of `text`, which is consumed; no leading zeros.
std::optional<uint32_t> TakeNumber(std::string_view& text, uint32_t limit) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto used = static_cast<size_t>(end - text.data());
  if (error != std::errc{} || used == 0 || number > limit) return std::nullopt;
  if (used > 1 && text.front() == '0') return std::nullopt;
  text.remove_prefix(used);
  return number;
}

}  // namespace

std::optional<Ipv4> Ipv4::Parse(std::string_view text) {
  Ipv4 result;
  for (int octet = 0; octet < 4; ++octet) {
    if (octet > 0) {
      if (text.empty() || text.front() != '.') return std::nullopt;
      text.remove_prefix(1);
    }
    const auto number = TakeNumber(text, 255);
    if (!number) return std::nullopt;
    result.value = result.value << 8U | *number;
  }
  if (!text.empty()) return std::nullopt;
  return result;
}

std::string Ipv4::ToString() const {
  std::array<char, 15> text;
  char* at = text.data();
  for (int shift = 24; shift >= 0; shift -= 8) {
    at = std::to_chars(at, text.data() + text.size(), value >> static_cast<unsigned>(shift) & 255U).ptr;
    if (shift > 0) *at++ = '.';
  }
  return {text.data(), at};
}

std::optional<Ipv4Prefix> Ipv4Prefix::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = Ipv4::Parse(text.substr(0, slash));
  text.remove_prefix(slash + 1);
  const auto length = TakeNumber(text, 32);
  if (!address || !length || !text.empty()) return std::nullopt;
  return Ipv4Prefix{*address, static_cast<uint8_t>(*length)};
}

std::string Ipv4Prefix::ToString() const { return address.ToString() + '/' + std::to_string(length); }

}  // namespace slipway
