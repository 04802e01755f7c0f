#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "schema/fleet/ipv4.h"
#include "schema/fleet/mac.h"

namespace slipway::dhcp {

enum class BindingState : uint8_t {
  kOffered = 0,   ///< held for the client until it asks for it or the offer runs out; never on disk
  kBound = 1,     ///< acknowledged
  kReleased = 2,  ///< given back; remembered so that the client gets it again
  kConflict = 3,  ///< a client or a probe says that somebody else uses it: nobody gets it for a while
};

/// Who has, had, or is about to have an address. Keyed by MAC: firmware, iPXE and the operating system of one
/// machine send three different client identifiers, and cloned disks share one.
struct Binding {
  Ipv4 address;
  Mac mac;
  BindingState state = BindingState::kOffered;
  int64_t until = 0;      ///< Unix seconds; of kReleased: when it was given back
  bool checked = false;   ///< of kOffered: nobody answered for the address
  std::string client_id;  ///< option 61 as it came, "" without
  std::string hostname;   ///< option 12 as it came
  uint64_t circuit = 0;   ///< CircuitOf the packet that asked last; never on disk

  bool operator==(const Binding&) const = default;
};

/// Whether nobody but its holder may have the address now. A lease counts for some seconds longer than its
/// client was told, since the client's count began when the answer reached it.
bool IsLive(const Binding& binding, int64_t now);

/// All bindings, by address and by MAC. As many as there are addresses to give, so it is bounded by the Site.
/// Pure bookkeeping, not thread-safe.
class LeaseTable {
 public:
  const Binding* At(Ipv4 address) const;                       ///< nullptr: never given
  const std::vector<Ipv4>& AddressesOf(const Mac& mac) const;  ///< oldest binding first
  void Put(Binding binding);                                   ///< in place of what was at its address
  void Erase(Ipv4 address);
  size_t size() const { return by_address_.size(); }

  template <class Use>
  void ForEach(Use use) const {
    for (const auto& [address, binding] : by_address_) use(binding);
  }

 private:
  std::unordered_map<uint32_t, Binding> by_address_;
  std::unordered_map<Mac, std::vector<Ipv4>> by_mac_;
};

}  // namespace slipway::dhcp
