#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace slipway::secrets {

/// A folder of upstream's data; tests/README.md says where it is looked for.
inline std::filesystem::path SharedData(const char* folder) {
  const char* set = std::getenv("SLIPWAY_SHARED_DATA");
  const std::filesystem::path root = set != nullptr
                                         ? std::filesystem::path(set)
                                         : std::filesystem::path(SLIPWAY_SOURCE_DIR) / "../shared/data";
  return root / folder;
}

inline std::string ReadWhole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace slipway::secrets
