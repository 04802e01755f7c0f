#include "schema/fleet/utf8.h"

#include <algorithm>
#include <cstring>

namespace slipway {
namespace {

uint8_t Byte(std::string_view text, size_t i) { return static_cast<uint8_t>(text[i]); }

bool IsContinuation(std::string_view text, size_t i) {
  return i < text.size() && (Byte(text, i) & 0xc0U) == 0x80;
}

}  // namespace

CodePoint DecodeUtf8(std::string_view text) {
  if (text.empty()) return {};
  const uint8_t lead = Byte(text, 0);
  if (lead < 0x80) return {lead, 1};
  size_t length = 0;
  uint32_t value = 0;
  uint32_t least = 0;
  if ((lead & 0xe0U) == 0xc0) {
    length = 2, value = lead & 0x1fU, least = 0x80;
  } else if ((lead & 0xf0U) == 0xe0) {
    length = 3, value = lead & 0x0fU, least = 0x800;
  } else if ((lead & 0xf8U) == 0xf0) {
    length = 4, value = lead & 0x07U, least = 0x10000;
  } else {
    return {};
  }
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text, i)) return {};
    value = value << 6U | (Byte(text, i) & 0x3fU);
  }
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < least || value > 0x10ffff || surrogate) return {};
  return {value, length};
}

size_t FindInvalidUtf8(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    uint64_t word = 0;
    if (i + sizeof(word) <= text.size()) {
      std::memcpy(&word, text.data() + i, sizeof(word));
      if ((word & 0x8080808080808080ULL) == 0) {
        i += sizeof(word);
        continue;
      }
    }
    const CodePoint point = DecodeUtf8(text.substr(i));
    if (point.length == 0) return i;
    i += point.length;
  }
  return std::string_view::npos;
}

std::string ForDisplay(std::string_view text, size_t max_bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string shown;
  shown.reserve(std::min(text.size(), max_bytes) + 4);
  size_t i = 0;
  while (i < text.size()) {
    const CodePoint point = DecodeUtf8(text.substr(i));
    const size_t length = std::max<size_t>(point.length, 1);
    if (i + length > max_bytes) return shown + "…";
    const bool control = point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0);
    // Directional overrides and line separators would let a file name or value repaint the line around it.
    const bool repaints = (point.value >= 0x2028 && point.value <= 0x202e) ||
                          (point.value >= 0x2066 && point.value <= 0x2069) || point.value == 0xfeff;
    if (point.length > 0 && !control && !repaints) {
      shown.append(text.substr(i, length));
    } else if (text[i] == '\n') {
      shown += "\\n";
    } else if (text[i] == '\t') {
      shown += "\\t";
    } else {
      for (size_t k = 0; k < length; ++k) {
        shown += "\\x";
        shown += kDigits[Byte(text, i + k) >> 4U];
        shown += kDigits[Byte(text, i + k) & 15U];
      }
    }
    i += length;
  }
  return shown;
}

}  // namespace slipway
