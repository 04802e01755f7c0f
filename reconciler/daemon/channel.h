#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "schema/fleet/result.h"

namespace slipway {

/// One message between the daemon and its worker. The two share a SOCK_SEQPACKET pair: a message is one
/// packet of JSON, at most kMaxMessage bytes.
struct Message {
  /// To the worker: sync, rollback, suspend, resume, accept, shutdown. To the forge's process: look, propose,
  /// planned (the answer of the one that plans), ended (that one ended over the question).
  /// From it: step (a deadline begins), idle (nothing is under way, which has a deadline too), published
  /// (`current` moved), status and pattern (those files are new), done (answers). From the forge's process:
  /// step, idle, done, forge (forge.json is new), and for the one that plans: base, contains, plan; that
  /// answers with done.
  std::string verb = {};
  std::string token = {};     ///< joins a request and its `done`
  std::string argument = {};  ///< rollback: revision or "previous"; suspend: the reason; accept: commit;
                              ///< step: its name; done: what happened
  bool include_withdrawn = false;
  int64_t for_seconds = 0;  ///< of suspend; 0: until resumed
  bool ok = false;          ///< of done
  int64_t deadline_ms = 0;  ///< of step and idle: how long it may take without another word
  std::string by = {};      ///< who asked
  int64_t last_fetch_at =
      0;  ///< of idle: Unix seconds; told here, because a look that finds nothing writes nothing
  int64_t next_fetch_at = 0;
  bool operator==(const Message&) const = default;
};

inline constexpr size_t kMaxMessage = 64 * 1024;

std::string EncodeMessage(const Message& message);
Result<Message> DecodeMessage(std::string_view packet);

/// The worker's end of the pair. Owns the descriptor; single thread. Without a descriptor (-1: nobody
/// supervises) sends go nowhere and receives only wait.
class WorkerChannel {
 public:
  explicit WorkerChannel(int fd) : fd_(fd) {}
  ~WorkerChannel();
  WorkerChannel(const WorkerChannel&) = delete;
  WorkerChannel& operator=(const WorkerChannel&) = delete;

  void Send(const Message& message);

  /// The next message, or nothing when `wait` is over or a signal came. `closed()` turns true when the parent
  /// is gone.
  std::optional<Message> Receive(std::chrono::milliseconds wait);
  bool closed() const { return closed_; }
  bool supervised() const { return fd_ >= 0; }

 private:
  int fd_;
  bool closed_ = false;
};

}  // namespace slipway
