#include "schema/fleet/ip.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace slipway {

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  if (text.size() > INET6_ADDRSTRLEN) return std::nullopt;
  IpAddress address;
  address.v6 = text.find(':') != std::string_view::npos;
  const std::string copy(text);
  if (inet_pton(address.v6 ? AF_INET6 : AF_INET, copy.c_str(), address.bytes.data()) != 1)
    return std::nullopt;
  return address;
}

std::string IpAddress::ToString() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(v6 ? AF_INET6 : AF_INET, bytes.data(), text.data(), text.size());
  return text.data();
}

bool IpAddress::IsUnspecified() const {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t byte) { return byte == 0; });
}

std::optional<IpPrefix> IpPrefix::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = IpAddress::Parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const std::string_view digits = text.substr(slash + 1);
  uint8_t length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  if (length > (address->v6 ? 128 : 32)) return std::nullopt;
  return IpPrefix{*address, length};
}

std::string IpPrefix::ToString() const { return address.ToString() + '/' + std::to_string(length); }

bool IpPrefix::Contains(const IpAddress& other) const {
  if (other.v6 != address.v6) return false;
  for (unsigned bit = 0; bit < length; bit += 8) {
    const unsigned left = length - bit;
    const auto mask = static_cast<uint8_t>(left >= 8 ? 0xffU : 0xffU << (8U - left));
    const size_t at = bit / 8;
    if ((address.bytes[at] & mask) != (other.bytes[at] & mask)) return false;
  }
  return true;
}

}  // namespace slipway
