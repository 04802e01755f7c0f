#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "bootnet/dhcp/address_plan.h"
#include "bootnet/dhcp/lease_table.h"

namespace slipway::dhcp {

/// An address for a client, and whether it may be offered at once.
struct Choice {
  Ipv4 address;
  enum class Check : uint8_t {
    kNotNeeded,  ///< the client holds it, or nobody answered for it just now
    kFirst,      ///< ask the network whether somebody uses it
  } check = Check::kFirst;
  enum class Source : uint8_t { kFixed, kHeld, kFormer, kRequested, kFree } source = Source::kFree;
};

/// Picks addresses: the node's fixed one, what the client holds, what it held, what it asks for (option 50),
/// one that was never given, one whose lease ended. Also keeps a few addresses ready that nobody answered
/// for, so that most new clients are offered one without waiting. Pure; times are Unix seconds.
class Allocator {
 public:
  static constexpr size_t kReady = 8;            ///< addresses kept ready in each subnet
  static constexpr int64_t kReadySeconds = 120;  ///< how long a silent address counts as unused

  enum class FixedAddress : uint8_t {
    kFirst,
    kNotNow,  ///< another card of the node answers for it
  };
  std::optional<Choice> Choose(const Mac& mac, FixedAddress fixed, std::optional<Ipv4> requested,
                               const Subnet& subnet, const AddressPlan& plan, const LeaseTable& table,
                               int64_t now);

  /// Whether this client may have this address now, and nobody else has a claim on it.
  static bool MayHold(Ipv4 address, const Mac& mac, const AddressPlan& plan, const LeaseTable& table,
                      int64_t now);

  /// Addresses of the subnet to be probed ahead, as many as are missing.
  std::vector<Ipv4> WantedReady(const Subnet& subnet, const AddressPlan& plan, const LeaseTable& table,
                                int64_t now);
  void NoteReady(const Subnet& subnet, Ipv4 address, int64_t now);
  void Reset() { pools_.clear(); }  ///< after the plan changed

 private:
  struct Ready {
    Ipv4 address;
    int64_t until = 0;
  };
  struct Pool {
    uint64_t cursor = 0;     ///< the next place to look, counted over all ranges
    int64_t full_until = 0;  ///< a whole round found nothing; no further one before
    bool all_given = false;  ///< there is no address left that was never given
    std::deque<Ready> ready;
  };
  using Pools = std::map<uint32_t, Pool>;  ///< by network address

  std::optional<Ipv4> TakeReady(Pool& pool, const Mac& mac, const AddressPlan& plan, const LeaseTable& table,
                                int64_t now);
  std::optional<Ipv4> Scan(Pool& pool, const Mac& mac, const Subnet& subnet, const AddressPlan& plan,
                           const LeaseTable& table, int64_t now);

  Pools pools_;
};

}  // namespace slipway::dhcp
