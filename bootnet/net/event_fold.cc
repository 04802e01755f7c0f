#include "bootnet/net/event_fold.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace slipway {
namespace {

__extension__ using Product = unsigned __int128;

/// Folds a product of two words, as wyhash does. With a seed that nobody knows, nobody can choose texts whose
/// hashes are equal and so hide one event behind another.
class KeyedHash {
 public:
  explicit KeyedHash(uint64_t seed) : seed_(seed | 1U), state_(seed) {}
  void Add(uint64_t word) {
    const Product product = Product{state_ ^ word ^ kOdd} * (seed_ ^ (word << 32U | word >> 32U));
    state_ = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64U) ^ state_ << 7U ^ word;
  }
  void Add(std::string_view text) {
    Add(text.size());
    while (!text.empty()) {
      uint64_t word = 0;
      const size_t size = std::min(text.size(), sizeof(word));
      std::memcpy(&word, text.data(), size);
      Add(word);
      text.remove_prefix(size);
    }
  }
  uint64_t value() const { return state_; }

 private:
  static constexpr uint64_t kOdd = 0xa0761d6478bd642fULL;
  uint64_t seed_;
  uint64_t state_;
};

/// Of all that people are told, but for when and how much.
uint64_t KeyOf(const BootEvent& event, uint64_t seed) {
  KeyedHash hash(seed);
  hash.Add(static_cast<uint64_t>(event.door) << 8U | static_cast<uint64_t>(event.outcome));
  hash.Add(event.address ? uint64_t{event.address->value} : ~uint64_t{0});
  uint64_t mac = event.mac ? 1 : 0;  // a relay's machines have one address
  for (size_t i = 0; event.mac && i < event.mac->bytes.size(); ++i) mac = mac << 8U | event.mac->bytes[i];
  hash.Add(mac);
  for (const std::string* text : {&event.reason, &event.message, &event.node, &event.request, &event.answer,
                                  &event.arch, &event.vendor_class, &event.user_class, &event.uuid,
                                  &event.serial, &event.product, &event.revision, &event.digest}) {
    hash.Add(*text);
  }
  return hash.value();
}

std::string Seconds(int64_t ms) { return ms == 1000 ? "a second" : std::to_string(ms / 1000) + " seconds"; }

}  // namespace

EventFold::Verdict EventFold::Take(const BootEvent& event, int64_t now_ms) {
  const uint64_t key = KeyOf(event, seed_);
  const auto known = held_.find(key);
  if (known != held_.end()) {
    Held& held = known->second;
    if (held.more == 0 && held.due_ms <= now_ms) {
      held.due_ms = now_ms + kWindowMs;
      held.window_ms = kWindowMs;
      return Verdict::kTell;
    }
    ++held.more;
    held.bytes += event.bytes;
    return Verdict::kCounted;
  }
  if (held_.size() >= kMost) return TakeBeyond(event);
  held_.emplace(key, Held{now_ms + kWindowMs, kWindowMs, 0, 0, event});
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

BootEvent EventFold::Tell(Held& held) {
  BootEvent event = held.event;
  event.count = std::exchange(held.more, 0);
  event.bytes = std::exchange(held.bytes, 0);
  if (event.count > 1) {
    event.message += " (" + std::to_string(event.count) + " times within " + Seconds(held.window_ms) + ")";
  }
  return event;
}

std::vector<BootEvent> EventFold::Drain(int64_t now_ms, size_t most) {
  std::vector<BootEvent> due = TellCrowds();
  for (; most > 0 && HasDue(now_ms); --most) {
    const uint64_t key = due_.top().key;
    due_.pop();
    const auto it = held_.find(key);
    Held& held = it->second;
    if (held.due_ms <= now_ms) {
      if (held.more == 0) {
        held_.erase(it);
        continue;
      }
      due.push_back(Tell(held));
      held.window_ms = std::min(2 * held.window_ms, kLongestWindowMs);
      held.due_ms = now_ms + held.window_ms;
    }
    due_.push({held.due_ms, key});
  }
  return due;
}

std::vector<BootEvent> EventFold::DrainAll() {
  std::vector<BootEvent> due = TellCrowds();
  for (auto& [key, held] : held_) {
    if (held.more > 0) due.push_back(Tell(held));
  }
  held_.clear();
  due_ = {};
  return due;
}

std::vector<BootEvent> EventFold::TellCrowds() {
  std::vector<BootEvent> due;
  for (auto& [kind, crowd] : std::exchange(crowds_, {})) {
    BootEvent& event = due.emplace_back();
    std::tie(event.door, event.outcome) = kind;
    event.reason = "TooManyToTell";
    event.message = std::to_string(crowd.more) +
                    " more events of machines that are in no revision, too many at a time to tell each";
    event.count = crowd.more;
    event.bytes = crowd.bytes;
  }
  return due;
}

}  // namespace slipway
