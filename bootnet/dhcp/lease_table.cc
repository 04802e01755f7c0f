#include "bootnet/dhcp/lease_table.h"

#include <algorithm>

namespace slipway::dhcp {
namespace {

constexpr int64_t kGraceSeconds = 10;
const std::vector<Ipv4> kNone;

}  // namespace

bool IsLive(const Binding& binding, int64_t now) {
  switch (binding.state) {
    case BindingState::kOffered:
    case BindingState::kConflict:
      return now < binding.until;
    case BindingState::kBound:
      return now < binding.until + kGraceSeconds;
    case BindingState::kReleased:
      return false;
  }
  return false;
}

const Binding* LeaseTable::At(Ipv4 address) const {
  const auto found = by_address_.find(address.value);
  return found == by_address_.end() ? nullptr : &found->second;
}

const std::vector<Ipv4>& LeaseTable::AddressesOf(const Mac& mac) const {
  const auto found = by_mac_.find(mac);
  return found == by_mac_.end() ? kNone : found->second;
}

void LeaseTable::Put(Binding binding) {
  const auto found = by_address_.find(binding.address.value);
  if (found != by_address_.end() && found->second.mac == binding.mac) {
    found->second = std::move(binding);
    return;
  }
  Erase(binding.address);
  by_mac_[binding.mac].push_back(binding.address);
  by_address_.emplace(binding.address.value, std::move(binding));
}

void LeaseTable::Erase(Ipv4 address) {
  const auto found = by_address_.find(address.value);
  if (found == by_address_.end()) return;
  const auto owner = by_mac_.find(found->second.mac);
  std::erase(owner->second, address);
  if (owner->second.empty()) by_mac_.erase(owner);
  by_address_.erase(found);
}

}  // namespace slipway::dhcp
