#include "bootnet/net/event_fold.h"

#include <functional>
#include <string_view>

namespace slipway {
namespace {

size_t KeyOf(const BootEvent& event) {
  const auto mix = [](size_t seed, size_t value) { return (seed ^ value) * 0x9e3779b97f4a7c15ULL; };
  size_t key = mix(static_cast<size_t>(event.door) * 4 + static_cast<size_t>(event.outcome),
                   event.address ? event.address->value : 0);
  for (const std::string* text : {&event.request, &event.reason, &event.answer}) {
    key = mix(key, std::hash<std::string_view>()(*text));
  }
  return key;
}

/// All that people are told, but for when and how much.
bool SayTheSame(const BootEvent& a, const BootEvent& b) {
  return a.door == b.door && a.outcome == b.outcome && a.reason == b.reason && a.message == b.message &&
         a.mac == b.mac && a.address == b.address && a.node == b.node && a.request == b.request &&
         a.answer == b.answer && a.arch == b.arch && a.vendor_class == b.vendor_class &&
         a.user_class == b.user_class && a.uuid == b.uuid && a.serial == b.serial && a.product == b.product;
}

}  // namespace

EventFold::Verdict EventFold::Take(const BootEvent& event, int64_t now_ms) {
  const size_t key = KeyOf(event);
  const auto known = held_.find(key);
  if (known != held_.end()) {
    if (!SayTheSame(known->second.event, event)) return Verdict::kTell;
    ++known->second.more;
    known->second.bytes += event.bytes;
    return Verdict::kCounted;
  }
  if (held_.size() >= kMost) return Verdict::kTell;
  held_.emplace(key, Held{event, 0, 0});
  order_.push_back({now_ms + kWindowMs, key});
  return Verdict::kTell;
}

std::vector<BootEvent> EventFold::Drain(int64_t now_ms) {
  std::vector<BootEvent> due;
  while (HasDue(now_ms)) {
    const auto it = held_.find(order_.front().key);
    order_.pop_front();
    Held held = std::move(it->second);
    held_.erase(it);
    if (held.more == 0) continue;
    held.event.count = held.more;
    held.event.bytes = held.bytes;
    if (held.more > 1) held.event.message += " (" + std::to_string(held.more) + " times within a second)";
    due.push_back(std::move(held.event));
  }
  return due;
}

}  // namespace slipway
