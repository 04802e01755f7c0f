#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "schema/fleet/ipv4.h"
#include "schema/fleet/mac.h"

namespace slipway {

/// Which machine took which address, as relayed DHCP requests tell: where the kernel's neighbour is the
/// relay, that is what is known of it. No better a proof than a MAC address is. Bounded; an entry counts for
/// a day. Pure: the caller brings the clock. Not thread-safe.
class AddressBook {
 public:
  void Note(Ipv4 address, const Mac& mac, int64_t now_ms);
  std::optional<Mac> Find(Ipv4 address, int64_t now_ms) const;
  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Mac mac;
    int64_t at_ms = 0;
  };
  std::unordered_map<uint32_t, Entry> entries_;
};

}  // namespace slipway
