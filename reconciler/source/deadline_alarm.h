#pragma once

#include <chrono>
#include <ctime>

namespace slipway {

/// While this lives and once `deadline` has passed, blocking system calls of the thread that made it are
/// interrupted (EINTR), again and again. libgit2 1.5 has no time-outs of its own; it takes an interrupted
/// read or connect for a failed one, which is just what is wanted of a server that accepts and never answers.
/// Name look-ups go on after an interruption: they end by the resolver's own time-outs.
class DeadlineAlarm {
 public:
  explicit DeadlineAlarm(std::chrono::steady_clock::time_point deadline);
  ~DeadlineAlarm();
  DeadlineAlarm(const DeadlineAlarm&) = delete;
  DeadlineAlarm& operator=(const DeadlineAlarm&) = delete;

 private:
  timer_t timer_{};
  enum class State { kArmed, kFailed } state_ = State::kFailed;
};

}  // namespace slipway
