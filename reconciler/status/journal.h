#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "reconciler/status/history.h"
#include "reconciler/status/machines.h"
#include "schema/contract/boot_event.h"
#include "schema/fleet/result.h"

namespace slipway {

class JournalStore;

/// Remembers boot events: the newest in memory for the page, all of them on disk (SQLite, written by a thread
/// of its own). Record() never waits for the disk: when the writer falls behind, events are dropped and
/// counted. Thread-safe.
class Journal {
 public:
  struct Counters {
    /// By door and outcome, in the order of the enums.
    std::array<std::array<uint64_t, 4>, kDoors> events{};
    uint64_t dropped = 0;
    uint64_t bytes = 0;
  };

  Journal();
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Starts keeping events in `path` and takes what is there back into memory. Without it, or when it fails,
  /// the journal works in memory only.
  Result<void> Open(const std::string& path);

  void Record(BootEvent event);

  /// A revision is served, and what it does to machines. Never dropped.
  void NoteServed(RevisionInfo revision, std::vector<HistoryRecord> changes);
  /// The newest generation that is noted on disk; 0: none, or there is no disk.
  uint64_t newest_generation() const;

  std::vector<std::shared_ptr<const BootEvent>> Recent(size_t most) const;  ///< newest first
  std::vector<MachineRecord> Machines() const;                              ///< last seen first
  std::vector<HistoryLine> History() const;                                 ///< newest first, some hundred
  Counters counters() const;
  std::string trouble() const;  ///< why the disk does not get events, "" when it does

 private:
  void WriteLoop();
  void Tell(HistoryRecord record, const std::vector<MergedCommit>& merged = {});

  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const BootEvent>> recent_;
  MachineTable machines_;
  Counters counters_;
  std::string trouble_;

  std::condition_variable wake_;
  std::deque<HistoryLine> history_;                      ///< newest first
  std::vector<std::shared_ptr<const BootEvent>> queue_;  ///< not yet on disk
  size_t writing_ = 0;                                   ///< events that the writer took from it
  std::vector<ServedRevision> served_;                   ///< not yet on disk either
  RevisionInfo newest_;                                  ///< served; without its commits
  uint64_t newest_on_disk_ = 0;
  bool stopping_ = false;
  std::unique_ptr<JournalStore> store_;
  std::thread writer_;
};

}  // namespace slipway
