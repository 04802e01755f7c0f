#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <unordered_map>
#include <utility>
#include <vector>

#include "schema/contract/boot_event.h"

namespace slipway {

/// Holds back what would be said again and again: an event that equals one told within the last second is
/// counted instead, and all of them are told as one when the second is over; while it goes on, after two more
/// seconds, after four, and then every eight. Nothing is lost but the repetition, so a machine that asks a
/// thousand times a second makes some lines of log. In a flood of machines that are nobody's, one line says
/// how many there were beyond kMost. Pure bookkeeping; one thread.
class EventFold {
 public:
  /// `seed`: random, so that nobody can foresee which events look alike.
  explicit EventFold(uint64_t seed) : seed_(seed) {}

  static constexpr int64_t kWindowMs = 1'000;
  static constexpr int64_t kLongestWindowMs = 8'000;
  static constexpr size_t kMost = 8'192;  ///< kinds of events at a time; of further ones only nodes' are told

  enum class Verdict : uint8_t { kTell, kCounted };
  Verdict Take(const BootEvent& event, int64_t now_ms);
  bool HasDue(int64_t now_ms) const { return !due_.empty() && due_.top().due_ms <= now_ms; }
  /// The counted ones whose time is over, with `count`, the sum of `bytes`, and a word of it in `message`.
  /// Looks at `most` that are due.
  std::vector<BootEvent> Drain(int64_t now_ms, size_t most = SIZE_MAX);
  std::vector<BootEvent> DrainAll();  ///< due or not

 private:
  struct Held {
    int64_t due_ms = 0;
    int64_t window_ms = kWindowMs;
    uint32_t more = 0;  ///< after the one that was told
    uint64_t bytes = 0;
    BootEvent event;
  };
  struct Due {
    int64_t due_ms = 0;
    uint64_t key = 0;
    bool operator>(const Due& other) const { return due_ms > other.due_ms; }
  };
  Verdict TakeBeyond(const BootEvent& event);
  static BootEvent Tell(Held& held);
  std::vector<BootEvent> TellCrowds();

  uint64_t seed_;
  std::unordered_map<uint64_t, Held> held_;
  std::map<std::pair<Door, Outcome>, Held> crowds_;                 ///< told with the next that are due
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;  ///< one for each that is held
};

}  // namespace slipway
