#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "bootnet/dhcp/address_plan.h"
#include "bootnet/dhcp/allocate.h"
#include "bootnet/dhcp/answer.h"
#include "bootnet/dhcp/circuit_cap.h"
#include "bootnet/dhcp/lease_request.h"
#include "bootnet/dhcp/lease_table.h"
#include "bootnet/net/rate_cap.h"
#include "schema/contract/dhcp_status.h"

namespace slipway::dhcp {

/// What the address server does about one packet.
struct LeaseStep {
  std::optional<Reply> reply;
  std::vector<Binding> records;  ///< to be durable before the reply leaves; without a reply likewise
  /// Ask the network whether somebody uses this address, say so with NoteProbe, and hand the packet in again.
  std::optional<Ipv4> probe;
  BootEvent event;  ///< of a step with `probe` only to be shown when it is not done
};

/// Which packets are whose.
enum class Scope : uint8_t {
  kEverything,  ///< this is the LAN's DHCP server: every subnet of the Site, relayed ones too
  kOwnRanges,   ///< only subnets with a range, and only what no relay brings; a proxy for the rest
};

struct LeaseSettings {
  enum class Probing : uint8_t { kOn, kOff } probing = Probing::kOn;
  /// New machines a second in one subnet; those that have or had a lease, and nodes, are not counted.
  RateCap::Limits newcomers{256, 4096};
};

/// An authoritative DHCP server (RFC 2131) as a state machine: packets and probe results in, answers and
/// records out. Every machine of a subnet may have an address, whatever it runs; what it boots is the gate's
/// word as ever. Pure: the caller brings the clock, in Unix seconds that do not go back while it runs. Not
/// thread-safe.
class LeaseServer {
 public:
  static constexpr int64_t kOfferSeconds = 60;
  static constexpr int64_t kConflictSeconds = 600;

  explicit LeaseServer(const LeaseSettings& settings) : settings_(settings), newcomers_(settings.newcomers) {}

  void Restore(Binding binding) { table_.Put(std::move(binding)); }  ///< from disk, before the first packet
  void SetPlan(std::shared_ptr<const AddressPlan> plan);

  LeaseStep Handle(const Packet& packet, const LocalSide& local, const Snapshot& snapshot, Scope scope,
                   int64_t now);

  /// The answer to LeaseStep::probe, or to an address of WantedReady; `user`: who said that it is in use. A
  /// conflict comes back as a record to keep and an event to tell.
  struct ProbeNews {
    std::optional<Binding> record;
    std::optional<BootEvent> event;
  };
  ProbeNews NoteProbe(Ipv4 address, std::optional<Mac> user, int64_t now);

  /// Addresses of the subnet around `local` to be probed ahead of their time.
  std::vector<Ipv4> WantedReady(Ipv4 local, int64_t now);

  const LeaseTable& table() const { return table_; }
  const AddressPlan& plan() const { return *plan_; }
  std::vector<PoolStatus> Pools(int64_t now) const;

 private:
  /// What a probe said of an address; counts for a few seconds.
  struct Verdict {
    int64_t until = 0;
    std::optional<Mac> user;
  };
  /// Whether this client may be given the address without asking the network again.
  enum class Clear : uint8_t { kYes, kAsk, kNo };
  Clear IsClear(Ipv4 address, const Mac& mac, int64_t now) const;
  std::optional<Choice> Choose(const LeaseRequest& request);

  LeaseStep Discover(LeaseRequest& request);
  LeaseStep Take(LeaseRequest& request);
  LeaseStep TakeAddress(LeaseRequest& request, Ipv4 address);
  LeaseStep Decline(LeaseRequest& request);
  LeaseStep Release(LeaseRequest& request);
  LeaseStep Inform(LeaseRequest& request);
  LeaseStep Bootp(LeaseRequest& request);
  LeaseStep NoAddress(LeaseRequest& request);
  /// What a machine that never had the address is told instead of getting it; nothing where it may have it.
  std::optional<LeaseStep> TurnAway(LeaseRequest& request);
  LeaseStep Probe(LeaseRequest& request, Ipv4 address);
  LeaseStep Nak(LeaseRequest& request, std::string_view reason, std::string message);
  LeaseStep Give(LeaseRequest& request, Ipv4 address, MessageType type);
  ProbeNews Conflict(Ipv4 address, const Mac& user, int64_t now);

  LeaseSettings settings_;
  LeaseTable table_;
  Allocator allocator_;
  RateCap newcomers_;
  CircuitCap circuits_;
  std::shared_ptr<const AddressPlan> plan_ = std::make_shared<const AddressPlan>();
  std::unordered_map<uint32_t, Verdict> verdicts_;
  std::map<uint32_t, int64_t> full_since_;     ///< by network; erased when an address was found again
  std::map<uint32_t, uint64_t> circuit_full_;  ///< machines turned away, by network
};

}  // namespace slipway::dhcp
