#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

/// Builds DNS queries by hand.
namespace slipway::testing {

inline void PutWord(std::vector<uint8_t>& out, unsigned value) {
  out.push_back(static_cast<uint8_t>(value >> 8U));
  out.push_back(static_cast<uint8_t>(value));
}

inline std::vector<uint8_t> Question(std::string_view name, uint16_t type, uint16_t query_class = 1) {
  std::vector<uint8_t> out{0xab, 0xcd, 0x01, 0x20, 0, 1, 0, 0, 0, 0, 0, 0};
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    out.push_back(static_cast<uint8_t>(label.size()));
    out.insert(out.end(), label.begin(), label.end());
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  out.push_back(0);
  PutWord(out, type);
  PutWord(out, query_class);
  return out;
}

/// The same with an OPT record.
inline std::vector<uint8_t> WithEdns(std::vector<uint8_t> query, uint16_t udp_size, uint8_t version = 0) {
  query[11] = 1;
  query.push_back(0);
  PutWord(query, 41);
  PutWord(query, udp_size);
  query.insert(query.end(), {0, version, 0, 0, 0, 0});
  return query;
}

}  // namespace slipway::testing
