#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reconciler/status/history.h"
#include "reconciler/status/machines.h"
#include "schema/contract/boot_event.h"
#include "schema/fleet/result.h"

namespace slipway {

/// The journal on disk: one SQLite file. The newest kKeptEvents events stay, and one row for each machine.
/// One thread at a time.
class JournalStore {
 public:
  static constexpr int64_t kKeptEvents = 100'000;

  JournalStore();
  ~JournalStore();

  /// A file that SQLite calls damaged is moved aside (".damaged") and a new one begun: the journal must never
  /// keep the daemon from starting.
  Result<void> Open(const std::string& path);
  Result<void> Append(const std::vector<std::shared_ptr<const BootEvent>>& events);
  Result<void> Append(const std::vector<ServedRevision>& served);
  uint64_t NewestGeneration() const;
  std::vector<HistoryLine> History(size_t most) const;  ///< newest first
  std::vector<BootEvent> Newest(size_t most);           ///< oldest of them first
  std::vector<MachineRecord> Machines();                ///< oldest first

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace slipway
