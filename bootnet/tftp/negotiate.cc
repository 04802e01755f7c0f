#include "bootnet/tftp/negotiate.h"

#include <algorithm>
#include <string>

namespace slipway::tftp {
namespace {

void AppendOption(std::vector<uint8_t>& bytes, std::string_view name, uint64_t value) {
  const std::string text = std::to_string(value);
  bytes.insert(bytes.end(), name.begin(), name.end());
  bytes.push_back(0);
  bytes.insert(bytes.end(), text.begin(), text.end());
  bytes.push_back(0);
}

bool InRange(std::optional<uint64_t> value, uint64_t low, uint64_t high) {
  return value && *value >= low && *value <= high;
}

}  // namespace

Terms Negotiate(const ReadRequest& request, std::optional<uint64_t> file_size, const Limits& limits) {
  Terms terms;
  std::vector<uint8_t> oack{0, static_cast<uint8_t>(Opcode::kOack)};
  if (const auto size = request.Number("blksize"); InRange(size, 8, 65464)) {
    terms.block_size = static_cast<uint16_t>(std::min<uint64_t>(*size, limits.block_size));
    AppendOption(oack, "blksize", terms.block_size);
  }
  // curl takes a tsize of 0 for an error, and an empty file needs no announcement.
  if (file_size && *file_size > 0 && request.Number("tsize")) AppendOption(oack, "tsize", *file_size);
  if (const auto seconds = request.Number("timeout"); InRange(seconds, 1, 255)) {
    terms.timeout_s = static_cast<uint8_t>(*seconds);
    AppendOption(oack, "timeout", *seconds);
  }
  if (const auto window = request.Number("windowsize"); InRange(window, 1, 65535)) {
    terms.window_size = static_cast<uint16_t>(std::min<uint64_t>(*window, limits.window_size));
    AppendOption(oack, "windowsize", terms.window_size);
  }
  // Nothing accepted: an empty OACK confuses clients, DATA 1 comes at once.
  if (oack.size() > 2) terms.oack = std::move(oack);
  return terms;
}

}  // namespace slipway::tftp
