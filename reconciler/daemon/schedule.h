#pragma once

#include <chrono>

namespace slipway {

/// What a pass came to, as far as the next one's time depends on it.
enum class PassResult {
  kSucceeded,  ///< served what the remote has, or found nothing new
  kStalled,    ///< the input is wrong: looking again as usual is right, trying the same input again is not
  kFailed,     ///< outside trouble: back off
};

/// When to look at the remote again. Pure: randomness comes in as a number in [0, 1).
class Schedule {
 public:
  explicit Schedule(std::chrono::milliseconds interval) : interval_(interval) {}

  /// After a good look: the interval ±10 %. After the n-th failure in a row: anything up to
  /// min(15 min, 1 s · 2^n), "full jitter", so that many daemons do not come back at once; at least 200 ms.
  std::chrono::milliseconds Next(PassResult result, double random);

  int failures_in_a_row() const { return failures_; }

 private:
  std::chrono::milliseconds interval_;
  int failures_ = 0;
};

}  // namespace slipway
