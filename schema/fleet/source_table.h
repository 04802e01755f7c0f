#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace slipway {

/// Numbers for the files that values come from (Mark::source). A number stays good for as long as the table.
/// Not thread-safe; reading while nobody adds is.
class SourceTable {
 public:
  /// The number of a path, a new one at the first call. Never 0.
  uint32_t IdOf(std::string_view path) {
    const auto known = ids_.find(path);
    if (known != ids_.end()) return known->second;
    paths_.emplace_back(path);
    const auto id = static_cast<uint32_t>(paths_.size());
    ids_.emplace(path, id);
    return id;
  }

  /// The path behind a number; "" for 0 and for numbers that were never given out.
  std::string_view PathOf(uint32_t id) const {
    return id == 0 || id > paths_.size() ? std::string_view() : std::string_view(paths_[id - 1]);
  }

 private:
  std::vector<std::string> paths_;
  std::map<std::string, uint32_t, std::less<>> ids_;
};

}  // namespace slipway
