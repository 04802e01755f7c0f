#include "bootnet/install/sightings.h"

#include <algorithm>
#include <vector>

namespace slipway {
namespace {

constexpr size_t kMost = 16'384;

}  // namespace

void ScriptSightings::Note(Ipv4 address, const std::string& node, int64_t now_ms) {
  if (seen_.size() >= kMost && !seen_.contains(address)) {
    std::vector<int64_t> times;
    times.reserve(seen_.size());
    for (const auto& [where, sighting] : seen_) times.push_back(sighting.at_ms);
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    const int64_t keep_after = *middle;
    std::erase_if(seen_, [keep_after](const auto& item) { return item.second.at_ms <= keep_after; });
  }
  seen_[address] = {node, now_ms};
}

std::optional<ScriptSightings::Sighting> ScriptSightings::Find(Ipv4 address) const {
  const auto found = seen_.find(address);
  if (found == seen_.end()) return std::nullopt;
  return found->second;
}

}  // namespace slipway
