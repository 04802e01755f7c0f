#include "schema/fleet/mac.h"

namespace slipway {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string Join(const Mac& mac, char separator) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(17, separator);
  for (size_t i = 0; i < mac.bytes.size(); ++i) {
    text[3 * i] = kDigits[mac.bytes[i] >> 4U];
    text[3 * i + 1] = kDigits[mac.bytes[i] & 15U];
  }
  return text;
}

}  // namespace

std::optional<Mac> Mac::Parse(std::string_view text) {
  // Digits between separators: pairs for ':' and '-', groups of four for Cisco's '.'.
  size_t group = 0;
  char separator = 0;
  if (text.size() == 17 && (text[2] == ':' || text[2] == '-')) {
    group = 2;
    separator = text[2];
  } else if (text.size() == 14 && text[4] == '.') {
    group = 4;
    separator = '.';
  } else {
    return std::nullopt;
  }
  Mac mac;
  size_t nibble = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i % (group + 1) == group) {
      if (text[i] != separator) return std::nullopt;
      continue;
    }
    const int digit = HexDigit(text[i]);
    if (digit < 0) return std::nullopt;
    uint8_t& byte = mac.bytes[nibble / 2];
    byte = static_cast<uint8_t>(byte << 4U | static_cast<unsigned>(digit));
    ++nibble;
  }
  return mac;
}

std::string Mac::ToColons() const { return Join(*this, ':'); }
std::string Mac::ToHyphens() const { return Join(*this, '-'); }

}  // namespace slipway
