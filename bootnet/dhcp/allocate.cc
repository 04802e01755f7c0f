#include "bootnet/dhcp/allocate.h"

#include <algorithm>

namespace slipway::dhcp {
namespace {

using Source = Choice::Source;
using Check = Choice::Check;

uint64_t SizeOf(const AddressRange& range) { return uint64_t{range.last.value} - range.first.value + 1; }

uint64_t SizeOf(const Subnet& subnet) {
  uint64_t size = 0;
  for (const AddressRange& range : subnet.ranges) size += SizeOf(range);
  return size;
}

Ipv4 AtPlace(const Subnet& subnet, uint64_t place) {
  for (const AddressRange& range : subnet.ranges) {
    if (place < SizeOf(range)) return {static_cast<uint32_t>(range.first.value + place)};
    place -= SizeOf(range);
  }
  return {};
}

bool HoldsLease(const Binding* binding, const Mac& mac, int64_t now) {
  if (binding == nullptr || binding->mac != mac || !IsLive(*binding, now)) return false;
  return binding->state == BindingState::kBound ||
         (binding->state == BindingState::kOffered && binding->checked);
}

}  // namespace

bool Allocator::MayHold(Ipv4 address, const Mac& mac, const AddressPlan& plan, const LeaseTable& table,
                        int64_t now) {
  const bool fixed = plan.FixedOf(mac) == address;
  if (!fixed && !plan.IsDynamic(address)) return false;
  const Binding* binding = table.At(address);
  if (binding == nullptr || !IsLive(*binding, now)) return true;
  if (binding->state == BindingState::kConflict) return false;
  // Another card of the same node may have the node's address once the first no longer answers for it.
  return binding->mac == mac || (fixed && plan.FixedOf(binding->mac) == address);
}

std::optional<Choice> Allocator::Choose(const Mac& mac, FixedAddress use_fixed, std::optional<Ipv4> requested,
                                        const Subnet& subnet, const AddressPlan& plan,
                                        const LeaseTable& table, int64_t now) {
  const auto good = [&](Ipv4 address) {
    if (use_fixed == FixedAddress::kNotNow && plan.FixedOf(mac) == address) return false;
    return subnet.cidr.Contains(address) && MayHold(address, mac, plan, table, now);
  };
  const auto chosen = [&](Ipv4 address, Source source) {
    const bool holds = HoldsLease(table.At(address), mac, now);
    return Choice{address, holds ? Check::kNotNeeded : Check::kFirst, source};
  };
  const auto fixed = plan.FixedOf(mac);
  if (fixed && use_fixed == FixedAddress::kFirst && good(*fixed)) return chosen(*fixed, Source::kFixed);
  const std::vector<Ipv4>& known = table.AddressesOf(mac);
  for (auto it = known.rbegin(); it != known.rend(); ++it) {
    if (good(*it) && IsLive(*table.At(*it), now)) return chosen(*it, Source::kHeld);
  }
  for (auto it = known.rbegin(); it != known.rend(); ++it) {
    if (good(*it)) return chosen(*it, Source::kFormer);
  }
  if (requested && good(*requested)) return chosen(*requested, Source::kRequested);
  Pool& pool = pools_[subnet.cidr.Network().value];
  if (const auto ready = TakeReady(pool, mac, plan, table, now)) {
    return Choice{*ready, Check::kNotNeeded, Source::kFree};
  }
  if (const auto free = Scan(pool, mac, subnet, plan, table, now)) return chosen(*free, Source::kFree);
  return std::nullopt;
}

std::optional<Ipv4> Allocator::TakeReady(Pool& pool, const Mac& mac, const AddressPlan& plan,
                                         const LeaseTable& table, int64_t now) {
  while (!pool.ready.empty()) {
    const Ready ready = pool.ready.front();
    pool.ready.pop_front();
    if (now < ready.until && MayHold(ready.address, mac, plan, table, now)) return ready.address;
  }
  return std::nullopt;
}

std::optional<Ipv4> Allocator::Scan(Pool& pool, const Mac& mac, const Subnet& subnet, const AddressPlan& plan,
                                    const LeaseTable& table, int64_t now) {
  const uint64_t size = SizeOf(subnet);
  if (size == 0 || now < pool.full_until) return std::nullopt;
  const auto is_ready = [&](Ipv4 address) {
    return std::any_of(pool.ready.begin(), pool.ready.end(),
                       [&](const Ready& r) { return r.address == address; });
  };
  // First what nobody ever had, so that machines find their former addresses free for as long as possible.
  for (const bool former_too : {false, true}) {
    if (!former_too && pool.all_given) continue;
    for (uint64_t i = 0; i < size; ++i) {
      const Ipv4 address = AtPlace(subnet, pool.cursor % size);
      pool.cursor = (pool.cursor + 1) % size;
      if (!former_too && table.At(address) != nullptr) continue;
      if (MayHold(address, mac, plan, table, now) && !is_ready(address)) return address;
    }
    pool.all_given = true;
  }
  pool.full_until = now + 1;
  return std::nullopt;
}

std::vector<Ipv4> Allocator::WantedReady(const Subnet& subnet, const AddressPlan& plan,
                                         const LeaseTable& table, int64_t now) {
  Pool& pool = pools_[subnet.cidr.Network().value];
  std::erase_if(pool.ready, [&](const Ready& r) {
    return now >= r.until || !MayHold(r.address, Mac{}, plan, table, now);
  });
  std::vector<Ipv4> wanted;
  while (pool.ready.size() + wanted.size() < kReady) {
    const auto address = Scan(pool, Mac{}, subnet, plan, table, now);
    if (!address || std::find(wanted.begin(), wanted.end(), *address) != wanted.end()) break;
    wanted.push_back(*address);
  }
  return wanted;
}

void Allocator::NoteReady(const Subnet& subnet, Ipv4 address, int64_t now) {
  Pool& pool = pools_[subnet.cidr.Network().value];
  const bool there =
      std::any_of(pool.ready.begin(), pool.ready.end(), [&](const Ready& r) { return r.address == address; });
  if (!there && pool.ready.size() < kReady) pool.ready.push_back({address, now + kReadySeconds});
}

}  // namespace slipway::dhcp
