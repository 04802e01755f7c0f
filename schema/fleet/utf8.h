#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace slipway {

/// One code point at the front of `text`: its value and how many bytes it takes. `length` is 0 when the bytes
/// are no well-formed UTF-8 (overlong forms, surrogates and values above U+10FFFF are not) or `text` is
/// empty.
struct CodePoint {
  uint32_t value = 0;
  size_t length = 0;
};
CodePoint DecodeUtf8(std::string_view text);

/// Offset of the first byte that is not well-formed UTF-8; npos when all is.
size_t FindInvalidUtf8(std::string_view text);

/// `text` for one line on a terminal or in a log: control characters and bytes that are no UTF-8 become \xNN,
/// line ends \n. At most `max_bytes` of `text` are shown, an ellipsis marks the cut.
std::string ForDisplay(std::string_view text, size_t max_bytes = 120);

}  // namespace slipway
