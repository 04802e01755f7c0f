#include "reconciler/talos/base64.h"

#include <cstdint>

namespace slipway::talos {
namespace {

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string Encode(std::string_view bytes, std::string_view alphabet) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8U | (i + k < bytes.size() ? static_cast<uint8_t>(bytes[i + k]) : 0U);
    }
    const size_t given = bytes.size() - i;
    for (size_t k = 0; k < 4; ++k) text += k <= given ? alphabet[group >> (18 - 6 * k) & 63U] : '=';
  }
  return text;
}

}  // namespace

std::string EncodeBase64(std::string_view bytes) { return Encode(bytes, kStandard); }
std::string EncodeBase64Url(std::string_view bytes) { return Encode(bytes, kUrl); }

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  uint32_t group = 0;
  size_t digits = 0;
  size_t padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const size_t value = kStandard.find(c);
    if (value == std::string_view::npos || padding > 0) return std::nullopt;
    group = group << 6U | static_cast<uint32_t>(value);
    if (++digits % 4 != 0) continue;
    for (const unsigned shift : {16U, 8U, 0U}) bytes += static_cast<char>(group >> shift & 255U);
    group = 0;
  }
  const size_t rest = digits % 4;
  if (rest == 1 || padding != (rest == 0 ? 0 : 4 - rest)) return std::nullopt;
  if (rest >= 2) bytes += static_cast<char>(group >> (rest == 2 ? 4U : 10U) & 255U);
  if (rest == 3) bytes += static_cast<char>(group >> 2U & 255U);
  return bytes;
}

}  // namespace slipway::talos
