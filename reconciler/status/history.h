#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/contract/boot_event.h"
#include "schema/contract/manifest.h"
#include "schema/contract/merged_commits.h"
#include "schema/fleet/result.h"

/// Who did what to which machine: revisions that were served, and what machines did with them.
namespace slipway {

/// One thing that happened to a machine.
struct HistoryRecord {
  int64_t time_ms = 0;
  std::string kind;      ///< approved, changed, withdrawn; fetched, installed
  std::string mac;       ///< the machine's first; of a boot the one that asked
  std::string node;      ///< its name then
  std::string detail;    ///< "next-boot, at-reinstall"; "config", "script, which installs"
  std::string revision;  ///< served then, in Flux's form
  /// Of approved, changed and withdrawn: the commit that caused it (40 hex digits), or what an operator did
  /// ("a rollback of root"). "" in records of earlier versions.
  std::string cause;
  bool operator==(const HistoryRecord&) const = default;
};

/// A record, and the revision that it is of.
struct HistoryLine {
  HistoryRecord record;
  /// Without its tree; only `revision` where it was served before there was a history. Author, subject,
  /// signer, pull request and committed_at are those of the commit that is the cause; "" where an operator
  /// is.
  RevisionInfo revision;
};

/// A revision that is served, and what it does to machines.
struct ServedRevision {
  RevisionInfo revision;
  std::vector<HistoryRecord> changes;
};

/// Whether the cause of a record is a commit.
bool IsCommit(std::string_view cause);

/// The record with what its revision, which is served, says of its cause.
HistoryLine LineOf(HistoryRecord record, const RevisionInfo& served, const std::vector<MergedCommit>& merged);

/// A revision's subject with its pull request, which most subjects name already: "add worker-3 (#12)". Raw.
std::string TitleOf(const RevisionInfo& revision);

/// nullopt for events that are no part of a machine's story.
std::optional<HistoryRecord> HistoryOf(const BootEvent& event);

/// The newest lines first, of every machine whose name or MAC `machine` is (of all where it is ""), at most
/// `most`. Reads <state_dir>/journal.sqlite beside a daemon that runs, or without one.
Result<std::vector<HistoryLine>> ReadHistory(const std::string& state_dir, const std::string& machine,
                                             size_t most);

}  // namespace slipway
