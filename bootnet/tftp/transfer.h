#pragma once

#include <cstdint>
#include <optional>

#include "bootnet/tftp/negotiate.h"
#include "bootnet/tftp/packet.h"

namespace slipway::tftp {

/// What the acting side is to do now, in this order: send, then wait for a packet or for `deadline_ms`.
struct Step {
  enum class Send : uint8_t {
    kNothing,
    kOack,
    kData,    ///< blocks first_block … first_block + block_count - 1
    kGiveUp,  ///< an ERROR 0, and the transfer is over
  };
  Send send = Send::kNothing;
  uint64_t first_block = 0;  ///< counts from 1 and does not wrap; on the wire it is taken modulo 65536
  uint32_t block_count = 0;
  int64_t deadline_ms = 0;  ///< when OnTimer is due, on the caller's clock
};

/// The sending side of one transfer, as a pure state machine: packets and the clock in, steps out. It never
/// sees a byte of the file. RFC 1350 with the corrections of RFC 1123 §4.2.3, windows by RFC 7440. The
/// time-out follows the round trips (RFC 6298) unless the client asked for one (RFC 2349).
class Transfer {
 public:
  enum class State : uint8_t {
    kOpening,  ///< nothing came back yet, so the peer's address may be forged
    kRunning,
    kDone,      ///< the last block was acknowledged
    kAborted,   ///< by the client's ERROR, which is how firmware ends the probe for a file's size
    kTimedOut,  ///< no progress for the whole life limit
  };

  Transfer(const Terms& terms, uint64_t file_size);

  Step Start(int64_t now_ms);
  /// An ACK or ERROR from the peer. Anything that asks for nothing new gives kNothing and keeps the deadline.
  Step OnPacket(const ClientPacket& packet, int64_t now_ms);
  Step OnTimer(int64_t now_ms);
  /// Whether the same request again, from the same address and port, means that the client began anew: it
  /// acknowledged something, and then was silent for a second. Before that the request is a copy that was
  /// late, and a new transfer would cut the client off from the one it is in.
  bool IsRestart(int64_t now_ms) const;
  /// A copy of the request. Before anything was acknowledged the first reply is sent again, at most every
  /// 50 ms and eight times; later nothing.
  Step OnDuplicateRequest(int64_t now_ms);

  State state() const { return state_; }
  bool IsOver() const { return state_ != State::kOpening && state_ != State::kRunning; }
  uint64_t blocks_total() const { return blocks_total_; }
  uint64_t bytes_acknowledged() const;
  /// The length of one block's data; the last one's may be 0.
  uint32_t BlockLength(uint64_t block) const;

 private:
  Step OnAck(uint16_t block, int64_t now_ms);
  Step Advance(int64_t now_ms);
  Step SendWindow(int64_t now_ms);
  Step Repeat(int64_t now_ms);
  Step Quiet() const;
  int64_t FirstTimeout() const;
  void NoteRoundTrip(int64_t now_ms);

  Terms terms_;
  uint64_t file_size_;
  uint64_t blocks_total_;
  State state_ = State::kOpening;
  uint64_t acked_ = 0;         ///< last block the client has, in order
  uint64_t sent_ = 0;          ///< last block that was sent
  uint64_t recovered_at_ = 0;  ///< an ACK below this block restarts no window
  int64_t srtt8_ms_ = -1;      ///< smoothed round trip, in eighths; -1: none measured
  int64_t rttvar4_ms_ = 0;     ///< its variation, in quarters
  enum class Sent : uint8_t { kOnce, kAgain } outstanding_ = Sent::kOnce;
  int64_t timeout_ms_ = 0;
  int64_t deadline_ms_ = 0;
  int64_t progress_ms_ = 0;
  int64_t heard_ms_ = 0;  ///< the client's last packet
  int64_t last_send_ms_ = 0;
  int repeats_ = 0;  ///< since the last progress
  int duplicate_requests_ = 0;
};

}  // namespace slipway::tftp
