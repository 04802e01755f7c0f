#include "reconciler/secrets/text_codes.h"

#include <algorithm>
#include <array>

namespace slipway::secrets {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr size_t kCheckSymbols = 6;

constexpr std::array<int8_t, 256> Values(std::string_view alphabet) {
  std::array<int8_t, 256> values{};
  for (int8_t& value : values) value = -1;
  for (size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<uint8_t>(alphabet[i])] = static_cast<int8_t>(i);
  return values;
}
constexpr auto kBase64Values = Values(kBase64);
constexpr auto kBech32Values = Values(kBech32);

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

uint32_t Step(uint32_t sum, uint32_t value) {
  static constexpr std::array<uint32_t, 5> kGenerator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                                         0x2a1462b3};
  const uint32_t top = sum >> 25U;
  sum = (sum & 0x1ffffffU) << 5U ^ value;
  for (size_t i = 0; i < kGenerator.size(); ++i) {
    if ((top >> i & 1U) != 0) sum ^= kGenerator[i];
  }
  return sum;
}

uint32_t PrefixSum(std::string_view prefix) {
  uint32_t sum = 1;
  for (const char c : prefix) sum = Step(sum, static_cast<uint8_t>(Lower(c)) >> 5U);
  sum = Step(sum, 0);
  for (const char c : prefix) sum = Step(sum, static_cast<uint8_t>(Lower(c)) & 31U);
  return sum;
}

}  // namespace

std::optional<SecretBytes> DecodeBase64(std::string_view text, Padding padding) {
  if (padding == Padding::kRequired) {
    if (text.size() % 4 != 0) return std::nullopt;
    if (text.ends_with('=')) text.remove_suffix(1);
    if (text.ends_with('=')) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return std::nullopt;
  SecretBytes bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const int8_t value = kBase64Values[static_cast<uint8_t>(c)];
    if (value < 0) return std::nullopt;
    bits = bits << 6U | static_cast<uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<uint8_t>(bits >> count));
    bits &= (1U << count) - 1;
  }
  if (bits != 0) return std::nullopt;
  return bytes;
}

std::optional<Bech32> DecodeBech32(std::string_view text) {
  const size_t one = text.rfind('1');
  if (one == std::string_view::npos || one == 0 || text.size() - one - 1 < kCheckSymbols) return std::nullopt;
  const bool lower = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  const bool upper = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  const bool visible = std::all_of(text.begin(), text.end(), [](char c) { return c > 32 && c < 127; });
  if ((lower && upper) || !visible) return std::nullopt;
  Bech32 decoded;
  decoded.prefix = text.substr(0, one);
  uint32_t sum = PrefixSum(decoded.prefix);
  const std::string_view symbols = text.substr(one + 1);
  uint32_t bits = 0;
  unsigned count = 0;
  for (size_t i = 0; i < symbols.size(); ++i) {
    const int8_t value = kBech32Values[static_cast<uint8_t>(Lower(symbols[i]))];
    if (value < 0) return std::nullopt;
    sum = Step(sum, static_cast<uint32_t>(value));
    if (i + kCheckSymbols >= symbols.size()) continue;
    bits = bits << 5U | static_cast<uint32_t>(value);
    count += 5;
    if (count < 8) continue;
    count -= 8;
    decoded.data.push_back(static_cast<uint8_t>(bits >> count));
    bits &= (1U << count) - 1;
  }
  if (sum != 1 || count >= 5 || bits != 0) return std::nullopt;
  return decoded;
}

std::string EncodeBech32(std::string_view prefix, ByteView data) {
  std::string text(prefix);
  text += '1';
  uint32_t sum = PrefixSum(prefix);
  const auto add = [&](uint32_t value) {
    sum = Step(sum, value);
    text += kBech32[value];
  };
  uint32_t bits = 0;
  unsigned count = 0;
  for (const uint8_t byte : data) {
    bits = bits << 8U | byte;
    for (count += 8; count >= 5;) {
      count -= 5;
      add(bits >> count);
      bits &= (1U << count) - 1;
    }
  }
  if (count > 0) add(bits << (5 - count) & 31U);
  uint32_t check = sum;
  for (size_t i = 0; i < kCheckSymbols; ++i) check = Step(check, 0);
  check ^= 1U;
  for (size_t i = 0; i < kCheckSymbols; ++i) text += kBech32[check >> (5 * (5 - i)) & 31U];
  return text;
}

}  // namespace slipway::secrets
