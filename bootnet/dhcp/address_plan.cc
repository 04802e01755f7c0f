#include "bootnet/dhcp/address_plan.h"

#include <algorithm>

namespace slipway::dhcp {
namespace {

const std::string kNobody;

bool Inside(const AddressRange& range, Ipv4 address) {
  return range.first <= address && address <= range.last;
}

void CutRanges(Subnet& subnet) {
  uint64_t left = AddressPlan::kMostDynamic;
  std::vector<AddressRange> kept;
  for (AddressRange range : subnet.ranges) {
    if (left == 0) break;
    const uint64_t size = uint64_t{range.last.value} - range.first.value + 1;
    if (size > left) range.last = {static_cast<uint32_t>(range.first.value + left - 1)};
    left -= std::min(size, left);
    kept.push_back(range);
  }
  subnet.ranges = std::move(kept);
}

}  // namespace

AddressPlan::AddressPlan(const Manifest& manifest, const std::vector<Ipv4>& own)
    : subnets_(manifest.subnets) {
  for (Subnet& subnet : subnets_) CutRanges(subnet);
  for (const BootEntry& entry : manifest.boot) {
    Machine& machine = machines_[entry.mac];
    machine.node = entry.node;
    machine.hostname = entry.hostname;
    if (entry.address) machine.fixed = entry.address->address;
  }
  Reserve(manifest, own);
}

void AddressPlan::Reserve(const Manifest& manifest, const std::vector<Ipv4>& own) {
  const auto keep = [&](Ipv4 address) { reserved_.insert(address.value); };
  for (const Ipv4 address : own) keep(address);
  for (const auto& [mac, machine] : machines_) {
    if (machine.fixed) keep(*machine.fixed);
  }
  for (const DnsName& name : manifest.names) {
    for (const Ipv4 address : name.addresses) keep(address);
  }
  for (const Subnet& subnet : subnets_) {
    if (subnet.cidr.length < 31) {
      keep(subnet.cidr.Network());
      keep(subnet.cidr.Broadcast());
    }
    if (subnet.gateway) keep(*subnet.gateway);
    for (const Ipv4 address : subnet.nameservers) keep(address);
    for (const Ipv4 address : subnet.ntp_servers) keep(address);
    for (const StaticRoute& route : subnet.routes) keep(route.via);
  }
}

const Subnet* AddressPlan::SubnetOf(Ipv4 address) const {
  for (const Subnet& subnet : subnets_) {
    if (subnet.cidr.Contains(address)) return &subnet;
  }
  return nullptr;
}

std::optional<Ipv4> AddressPlan::FixedOf(const Mac& mac) const {
  const auto found = machines_.find(mac);
  return found == machines_.end() ? std::nullopt : found->second.fixed;
}

const std::string& AddressPlan::NodeOf(const Mac& mac) const {
  const auto found = machines_.find(mac);
  return found == machines_.end() ? kNobody : found->second.node;
}

const std::string& AddressPlan::HostnameOf(const Mac& mac) const {
  const auto found = machines_.find(mac);
  return found == machines_.end() ? kNobody : found->second.hostname;
}

bool AddressPlan::IsDynamic(Ipv4 address) const {
  const Subnet* subnet = SubnetOf(address);
  if (subnet == nullptr || reserved_.contains(address.value)) return false;
  for (const AddressRange& range : subnet->ranges) {
    if (Inside(range, address)) return true;
  }
  return false;
}

uint64_t AddressPlan::DynamicCount(const Subnet& subnet) const {
  uint64_t count = 0;
  for (const AddressRange& range : subnet.ranges) count += uint64_t{range.last.value} - range.first.value + 1;
  for (const uint32_t value : reserved_) {
    for (const AddressRange& range : subnet.ranges) count -= Inside(range, {value}) ? 1 : 0;
  }
  return count;
}

}  // namespace slipway::dhcp
