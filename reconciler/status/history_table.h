#pragma once

#include <string>
#include <vector>

#include "reconciler/status/history.h"

struct sqlite3;

namespace slipway {

/// The tables of the history inside the journal's file: `served` has a row a generation, `merged`
/// one a commit, `history` one for each thing that happened, the newest kKept. The handle is the journal's;
/// its thread, its transactions.
class HistoryTable {
 public:
  static constexpr int64_t kKept = 200'000;
  static const char* Schema();

  explicit HistoryTable(sqlite3* db) : db_(db) {}

  bool AddRevision(const RevisionInfo& revision);
  bool Add(const HistoryRecord& record);
  void Trim();
  uint64_t NewestGeneration() const;  ///< 0: none yet
  std::vector<HistoryLine> Find(const std::string& machine, size_t most) const;

 private:
  sqlite3* db_;
};

}  // namespace slipway
