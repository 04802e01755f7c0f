#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "schema/fleet/ipv4.h"

namespace slipway {

/// Which node's own script was last fetched from an address: behind a relay, where the kernel's neighbour is
/// the router, that is all that tells machines apart. Bounded: when full, the oldest half goes. Pure: the
/// caller brings the clock. Not thread-safe.
class ScriptSightings {
 public:
  struct Sighting {
    std::string node;
    int64_t at_ms = 0;
  };

  void Note(Ipv4 address, const std::string& node, int64_t now_ms);
  std::optional<Sighting> Find(Ipv4 address) const;
  size_t size() const { return seen_.size(); }

 private:
  struct Hash {
    size_t operator()(Ipv4 address) const { return std::hash<uint32_t>{}(address.value); }
  };
  std::unordered_map<Ipv4, Sighting, Hash> seen_;
};

}  // namespace slipway
