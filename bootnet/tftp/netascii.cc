#include "bootnet/tftp/netascii.h"

#include <algorithm>

namespace slipway::tftp {

std::string ToNetascii(std::string_view bytes) {
  const auto longer = [](char c) { return c == '\n' || c == '\r'; };
  std::string out;
  out.reserve(bytes.size() + static_cast<size_t>(std::count_if(bytes.begin(), bytes.end(), longer)));
  for (char c : bytes) {
    if (c == '\n') out += '\r';
    out += c;
    if (c == '\r') out += '\0';
  }
  return out;
}

}  // namespace slipway::tftp
