#include "schema/fleet/volumes.h"

#include <array>
#include <charconv>
#include <cmath>

namespace slipway {

int SystemVolumeSince(std::string_view name) {
  if (name == "EPHEMERAL") return 8;
  if (name == "IMAGECACHE") return 9;
  if (name == "STATE") return 11;
  if (name == "ETCD" || name == "CRI" || name == "KUBELET" || name == "LOG") return 14;
  return 0;
}

std::optional<VolumeSize> ParseVolumeSize(std::string_view text) {
  VolumeSize size;
  if (text.starts_with('-')) {
    size.kind = VolumeSize::Kind::kLeaveFree;
    text.remove_prefix(1);
  }
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), size.bytes, std::chars_format::fixed);
  if (error != std::errc{} || !(size.bytes >= 0)) return std::nullopt;
  std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  if (unit == "%") {
    if (size.kind == VolumeSize::Kind::kLeaveFree || size.bytes > 100) return std::nullopt;
    size.kind = VolumeSize::Kind::kPercent;
    return size;
  }
  if (unit.empty() || unit == "B") return size;
  constexpr std::string_view kPrefixes = "kMGTPE";
  const char first = unit.front() == 'K' ? 'k' : unit.front();
  const size_t power = kPrefixes.find(first);
  if (power == std::string_view::npos) return std::nullopt;
  unit.remove_prefix(1);
  const bool binary = unit.starts_with('i');
  if (binary) unit.remove_prefix(1);
  if (!unit.empty() && unit != "B") return std::nullopt;
  size.bytes *= std::pow(binary ? 1024.0 : 1000.0, static_cast<double>(power + 1));
  return size;
}

}  // namespace slipway
