#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "schema/contract/boot_event.h"

namespace slipway {

/// Holds back what would be said again and again: an event that equals one told within the last second is
/// counted instead, and all of them are told as one when the second is over. Nothing is lost but the
/// repetition, so a machine (or a flood) that asks ten thousand times a second makes two lines of log. Pure
/// bookkeeping; one thread.
class EventFold {
 public:
  static constexpr int64_t kWindowMs = 1'000;
  static constexpr size_t kMost = 4'096;  ///< kinds of events at a time; further ones are told each

  enum class Verdict : uint8_t { kTell, kCounted };
  Verdict Take(const BootEvent& event, int64_t now_ms);
  bool HasDue(int64_t now_ms) const { return !order_.empty() && order_.front().due_ms <= now_ms; }
  /// The counted ones whose second is over, with `count`, the sum of `bytes`, and a word of it in `message`.
  std::vector<BootEvent> Drain(int64_t now_ms);

 private:
  struct Held {
    BootEvent event;
    uint32_t more = 0;  ///< after the one that was told
    uint64_t bytes = 0;
  };
  struct Due {
    int64_t due_ms = 0;
    size_t key = 0;
  };
  std::unordered_map<size_t, Held> held_;
  std::deque<Due> order_;
};

}  // namespace slipway
