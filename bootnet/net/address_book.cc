#include "bootnet/net/address_book.h"

namespace slipway {
namespace {

constexpr size_t kMost = 65'536;
constexpr int64_t kDayMs = 24 * 3'600'000;

}  // namespace

void AddressBook::Note(Ipv4 address, const Mac& mac, int64_t now_ms) {
  if (entries_.size() >= kMost && !entries_.contains(address.value))
    std::erase_if(entries_, [now_ms](const auto& item) { return now_ms - item.second.at_ms > kDayMs; });
  if (entries_.size() >= kMost && !entries_.contains(address.value)) return;
  entries_[address.value] = {mac, now_ms};
}

std::optional<Mac> AddressBook::Find(Ipv4 address, int64_t now_ms) const {
  const auto found = entries_.find(address.value);
  if (found == entries_.end() || now_ms - found->second.at_ms > kDayMs) return std::nullopt;
  return found->second.mac;
}

}  // namespace slipway
