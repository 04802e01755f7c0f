#include "reconciler/source/deadline_alarm.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace slipway {
namespace {

constexpr long kAgainNanoseconds =
    100'000'000;  // a call that began just after the first signal meets the next

void Ignore(int) {}

int AlarmSignal() { return SIGRTMIN + 5; }

}  // namespace

DeadlineAlarm::DeadlineAlarm(std::chrono::steady_clock::time_point deadline) {
  struct sigaction action {};
  action.sa_handler = Ignore;  // a handler, not SIG_IGN, and no SA_RESTART: only so are calls interrupted
  sigemptyset(&action.sa_mask);
  if (sigaction(AlarmSignal(), &action, nullptr) != 0) return;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, AlarmSignal());
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);

  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = AlarmSignal();
  event._sigev_un._tid = gettid();
  if (timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0) return;
  state_ = State::kArmed;
  const auto left =
      std::chrono::duration_cast<std::chrono::nanoseconds>(deadline - std::chrono::steady_clock::now());
  const int64_t wait = std::max<int64_t>(left.count(), 1);  // 0 would disarm it
  itimerspec when{};
  when.it_value.tv_sec = wait / 1'000'000'000;
  when.it_value.tv_nsec = wait % 1'000'000'000;
  when.it_interval.tv_nsec = kAgainNanoseconds;
  timer_settime(timer_, 0, &when, nullptr);
}

DeadlineAlarm::~DeadlineAlarm() {
  if (state_ == State::kArmed) timer_delete(timer_);
}

}  // namespace slipway
