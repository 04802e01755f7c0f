#include "bootnet/dhcp/circuit_cap.h"

namespace slipway::dhcp {

bool CircuitCap::Take(uint64_t circuit, const Subnet& subnet, const AddressPlan& plan,
                      const LeaseTable& table, int64_t now) {
  if (circuit == 0) return true;
  if (now != counted_at_) Count(plan, table, now);
  Share& share = shares_[subnet.cidr.Network().value];
  uint64_t& mine = share.circuits[circuit];
  const uint64_t all = plan.DynamicCount(subnet);
  const uint64_t free = all > share.live ? all - share.live : 0;
  if (share.circuits.size() > 1 && mine >= free) return false;
  ++mine;
  ++share.live;
  return true;
}

void CircuitCap::Count(const AddressPlan& plan, const LeaseTable& table, int64_t now) {
  counted_at_ = now;
  shares_.clear();
  table.ForEach([&](const Binding& binding) {
    const Subnet* subnet = plan.SubnetOf(binding.address);
    if (subnet == nullptr || !plan.IsDynamic(binding.address)) return;
    Share& share = shares_[subnet->cidr.Network().value];
    const uint64_t one = IsLive(binding, now) ? 1 : 0;
    share.live += one;
    if (binding.circuit != 0) share.circuits[binding.circuit] += one;
  });
}

}  // namespace slipway::dhcp
