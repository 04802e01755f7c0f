// A condition: its first byte chooses where it stands and the release. Problems lie inside the text.
#include <cstdint>
#include <string_view>

#include "schema/fleet/cel.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto place = static_cast<slipway::CelPlace>(data[0] % 4);
  const auto problem = slipway::CheckCel(text, place, 8 + data[0] / 3 % 7);
  if (problem && (problem->at > text.size() || problem->message.empty())) __builtin_trap();
  return 0;
}
