#pragma once

#include <string>
#include <string_view>

namespace slipway::talos {

/// A text as a CEL string literal.
inline std::string QuoteForCel(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace slipway::talos
