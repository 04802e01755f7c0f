#include "bootnet/tftp/transfer.h"

#include <algorithm>
#include <cstdlib>

namespace slipway::tftp {
namespace {

constexpr int64_t kFirstTimeoutMs = 1'000;
/// A slow flash or a busy ROM is no loss: less than this is never waited.
constexpr int64_t kMinTimeoutMs = 50;
constexpr int64_t kMaxTimeoutMs = 8'000;
constexpr int64_t kLifeMs = 60'000;
/// Before the peer proved that it exists: a forged request must not make us a flood.
constexpr int kMaxRepeatsBeforeAck = 4;
constexpr int64_t kDuplicateRequestMs = 50;
constexpr int64_t kRestartMs = 1'000;
constexpr int kMaxDuplicateRequests = 8;

}  // namespace

Transfer::Transfer(const Terms& terms, uint64_t file_size)
    : terms_(terms),
      file_size_(file_size),
      // A file that ends with a full block is closed by an empty one.
      blocks_total_(file_size / terms.block_size + 1) {
  sent_ = terms.oack ? 0 : 1;
  terms_.oack.reset();
}

int64_t Transfer::FirstTimeout() const {
  if (terms_.timeout_s) return int64_t{*terms_.timeout_s} * 1000;
  if (srtt8_ms_ < 0) return kFirstTimeoutMs;
  return std::clamp(srtt8_ms_ / 8 + rttvar4_ms_, kMinTimeoutMs, kFirstTimeoutMs);
}

/// RFC 6298 §2. Karn's rule: what was sent twice measures nothing.
void Transfer::NoteRoundTrip(int64_t now_ms) {
  if (outstanding_ == Sent::kAgain) return;
  const int64_t trip = now_ms - last_send_ms_;
  if (srtt8_ms_ < 0) {
    srtt8_ms_ = trip * 8;
    rttvar4_ms_ = trip * 2;
    return;
  }
  rttvar4_ms_ += std::abs(srtt8_ms_ / 8 - trip) - rttvar4_ms_ / 4;
  srtt8_ms_ += trip - srtt8_ms_ / 8;
}

Step Transfer::Start(int64_t now_ms) {
  progress_ms_ = now_ms;
  timeout_ms_ = FirstTimeout();
  return Repeat(now_ms);
}

Step Transfer::Quiet() const { return {Step::Send::kNothing, 0, 0, deadline_ms_}; }

/// Sends what is outstanding: the OACK, or the window from the last block the client has.
Step Transfer::Repeat(int64_t now_ms) {
  last_send_ms_ = now_ms;
  deadline_ms_ = now_ms + timeout_ms_;
  if (state_ == State::kOpening && sent_ == 0) return {Step::Send::kOack, 0, 0, deadline_ms_};
  return {Step::Send::kData, acked_ + 1, static_cast<uint32_t>(sent_ - acked_), deadline_ms_};
}

Step Transfer::SendWindow(int64_t now_ms) {
  sent_ = std::min(acked_ + terms_.window_size, blocks_total_);
  return Repeat(now_ms);
}

Step Transfer::OnAck(uint16_t block, int64_t now_ms) {
  // Distance on the 16-bit circle from the last block the client has; stale ones land far ahead.
  const auto ahead = static_cast<uint16_t>(block - static_cast<uint16_t>(acked_));
  if (ahead > sent_ - acked_) return Quiet();
  if (state_ == State::kOpening && sent_ == 0) {
    state_ = State::kRunning;  // ACK 0: the peer took the OACK
    NoteRoundTrip(now_ms);
  } else if (ahead == 0) {
    // The Sorcerer's Apprentice: with a window of one a repeated ACK never sends DATA, or both sides double
    // every packet to the end of the file. With a larger window it says that the window's first block was
    // lost.
    if (terms_.window_size == 1 || state_ == State::kOpening || acked_ < recovered_at_) return Quiet();
    recovered_at_ = sent_ + terms_.window_size;
    outstanding_ = Sent::kAgain;
    return Repeat(now_ms);
  } else {
    state_ = State::kRunning;
    acked_ += ahead;
    if (acked_ == sent_) NoteRoundTrip(now_ms);
  }
  progress_ms_ = now_ms;
  repeats_ = 0;
  timeout_ms_ = FirstTimeout();
  if (acked_ == blocks_total_) {
    state_ = State::kDone;
    return Quiet();
  }
  return Advance(now_ms);
}

/// What follows an ACK that moved on. One inside the window means "again from there": the client lost the
/// next block, or a repeated packet made it say where it is. Sending the rest again is right only in the
/// first case, and causes more of the second, so it is done once and then not before a whole further window
/// went through; until then only new blocks go out, and the timer heals what is lost.
Step Transfer::Advance(int64_t now_ms) {
  const bool inside_window = acked_ < sent_;
  outstanding_ = inside_window ? Sent::kAgain : Sent::kOnce;
  if (!inside_window) return SendWindow(now_ms);
  if (acked_ >= recovered_at_) {
    Step step = SendWindow(now_ms);
    recovered_at_ = sent_ + terms_.window_size;
    return step;
  }
  const uint64_t first = sent_ + 1;
  Step step = SendWindow(now_ms);
  step.first_block = first;
  step.block_count = static_cast<uint32_t>(sent_ + 1 - first);
  if (step.block_count == 0) step.send = Step::Send::kNothing;
  return step;
}

Step Transfer::OnPacket(const ClientPacket& packet, int64_t now_ms) {
  if (IsOver()) return Quiet();
  heard_ms_ = now_ms;
  switch (packet.kind) {
    case ClientPacket::Kind::kAck:
      return OnAck(packet.block, now_ms);
    case ClientPacket::Kind::kError:
      state_ = State::kAborted;
      return Quiet();
    case ClientPacket::Kind::kOther:
      break;
  }
  return Quiet();
}

Step Transfer::OnTimer(int64_t now_ms) {
  if (IsOver() || now_ms < deadline_ms_) return Quiet();
  ++repeats_;
  const int64_t life = std::max(kLifeMs, 5 * FirstTimeout());
  if (now_ms - progress_ms_ >= life || (state_ == State::kOpening && repeats_ > kMaxRepeatsBeforeAck)) {
    state_ = State::kTimedOut;
    return {Step::Send::kGiveUp, 0, 0, deadline_ms_};
  }
  timeout_ms_ = std::min(timeout_ms_ * 2, std::max(kMaxTimeoutMs, FirstTimeout()));
  outstanding_ = Sent::kAgain;
  return Repeat(now_ms);
}

bool Transfer::IsRestart(int64_t now_ms) const {
  return state_ != State::kOpening && now_ms - heard_ms_ >= kRestartMs;
}

Step Transfer::OnDuplicateRequest(int64_t now_ms) {
  if (state_ != State::kOpening || now_ms - last_send_ms_ < kDuplicateRequestMs) return Quiet();
  if (++duplicate_requests_ > kMaxDuplicateRequests) return Quiet();
  outstanding_ = Sent::kAgain;
  return Repeat(now_ms);
}

uint64_t Transfer::bytes_acknowledged() const { return std::min(file_size_, acked_ * terms_.block_size); }

uint32_t Transfer::BlockLength(uint64_t block) const {
  const uint64_t offset = (block - 1) * terms_.block_size;
  if (offset >= file_size_) return 0;
  return static_cast<uint32_t>(std::min<uint64_t>(terms_.block_size, file_size_ - offset));
}

}  // namespace slipway::tftp
