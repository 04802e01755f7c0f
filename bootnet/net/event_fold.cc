#include "bootnet/net/event_fold.h"

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace slipway {
namespace {

size_t KeyOf(const BootEvent& event) {
  const auto mix = [](size_t seed, size_t value) { return (seed ^ value) * 0x9e3779b97f4a7c15ULL; };
  size_t key = mix(static_cast<size_t>(event.door) * 4 + static_cast<size_t>(event.outcome),
                   event.address ? event.address->value : 0);
  key = mix(key, event.mac ? std::hash<Mac>()(*event.mac) : 0);  // a relay's machines have one address
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

std::string Seconds(int64_t ms) { return ms == 1000 ? "a second" : std::to_string(ms / 1000) + " seconds"; }

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
  if (held_.size() >= kMost) return TakeBeyond(event);
  held_.emplace(key, Held{event});
  due_.push({now_ms + kWindowMs, key});
  return Verdict::kTell;
}

EventFold::Verdict EventFold::TakeBeyond(const BootEvent& event) {
  if (!event.node.empty()) return Verdict::kTell;
  Held& crowd = crowds_[{event.door, event.outcome}];
  crowd.more += 1;
  crowd.bytes += event.bytes;
  return Verdict::kCounted;
}

std::vector<BootEvent> EventFold::Drain(int64_t now_ms) {
  std::vector<BootEvent> due;
  while (HasDue(now_ms)) {
    const size_t key = due_.top().key;
    due_.pop();
    const auto it = held_.find(key);
    Held& held = it->second;
    if (held.more == 0) {
      held_.erase(it);
      continue;
    }
    BootEvent& event = due.emplace_back(held.event);
    event.count = std::exchange(held.more, 0);
    event.bytes = std::exchange(held.bytes, 0);
    if (event.count > 1)
      event.message += " (" + std::to_string(event.count) + " times within " + Seconds(held.window_ms) + ")";
    held.window_ms = std::min(2 * held.window_ms, kLongestWindowMs);
    due_.push({now_ms + held.window_ms, key});
  }
  for (auto& [kind, crowd] : std::exchange(crowds_, {})) {
    BootEvent event = std::move(crowd.event);
    std::tie(event.door, event.outcome) = kind;
    event.reason = "TooManyToTell";
    event.message = std::to_string(crowd.more) +
                    " more events of machines that are in no revision, too many within a second to tell each";
    event.count = crowd.more;
    event.bytes = crowd.bytes;
    due.push_back(std::move(event));
  }
  return due;
}

}  // namespace slipway
