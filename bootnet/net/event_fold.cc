#include "bootnet/net/event_fold.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace slipway {
namespace {

__extension__ using Product = unsigned __int128;

/// The first `size` bytes of a word, which there must be.
uint64_t WordAt(const char* bytes, size_t size) {
  uint64_t word = 0;
  if (size == sizeof(word)) {
    std::memcpy(&word, bytes, sizeof(word));
  } else {
    for (size_t i = 0; i < size; ++i) word |= uint64_t{static_cast<unsigned char>(bytes[i])} << 8U * i;
  }
  return word;
}

/// Folds products of two words, as wyhash does. With a seed that nobody knows, nobody can choose texts whose
/// hashes are equal and so hide one event behind another. Whoever adds texts adds their sizes too.
class KeyedHash {
 public:
  explicit KeyedHash(uint64_t seed) : seed_(seed | 1U), state_(seed) {}
  void Add(uint64_t first, uint64_t second) {
    const Product product = Product{state_ ^ first ^ kOdd} * (seed_ ^ second);
    state_ = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64U) ^ state_ << 7U ^ first ^
             std::rotl(second, 32);
  }
  void Add(std::string_view text) {
    while (text.size() >= 2 * kWord) {
      Add(WordAt(text.data(), kWord), WordAt(text.data() + kWord, kWord));
      text.remove_prefix(2 * kWord);
    }
    if (text.empty()) return;
    const size_t first = std::min(text.size(), kWord);
    Add(WordAt(text.data(), first), WordAt(text.data() + first, text.size() - first));
  }
  uint64_t value() const { return state_; }

 private:
  static constexpr size_t kWord = sizeof(uint64_t);
  static constexpr uint64_t kOdd = 0xa0761d6478bd642fULL;
  uint64_t seed_;
  uint64_t state_;
};

/// Of all that people are told, but for when and how much.
uint64_t KeyOf(const BootEvent& event, uint64_t seed) {
  KeyedHash hash(seed);
  uint64_t mac = event.mac ? 1 : 0;  // a relay's machines have one address
  for (size_t i = 0; event.mac && i < event.mac->bytes.size(); ++i) mac = mac << 8U | event.mac->bytes[i];
  const uint64_t kind = static_cast<uint64_t>(event.door) << 8U | static_cast<uint64_t>(event.outcome);
  hash.Add(event.address ? uint64_t{event.address->value} << 16U | kind : kind | 1U << 15U, mac);
  const std::array<std::string_view, 13> texts{
      event.reason,  event.message,      event.node,       event.request, event.answer,
      event.arch,    event.vendor_class, event.user_class, event.uuid,    event.serial,
      event.product, event.revision,     event.digest};
  // Sizes of 16 bits do: where a text is longer, its words tell it apart from what follows.
  std::array<uint64_t, 4> sizes{};
  for (size_t i = 0; i < texts.size(); ++i) sizes[i / 4] |= (texts[i].size() & 0xffffU) << 16U * (i % 4);
  hash.Add(sizes[0], sizes[1]);
  hash.Add(sizes[2], sizes[3]);
  for (const std::string_view text : texts) hash.Add(text);
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
