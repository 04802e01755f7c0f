#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/fleet/diagnostic.h"
#include "schema/fleet/result.h"

namespace slipway {

/// kstatus-shaped condition: type, status, reason, message, when it last changed, of which revision.
struct Condition {
  std::string
      type;  ///< Ready, Reconciling, Stalled, FetchFailed, ValidationFailed, RenderFailed, PublishFailed, …
  std::string status;  ///< True, False, Unknown
  std::string reason;  ///< CamelCase, Flux's words where it has one
  std::string message;
  int64_t last_transition = 0;  ///< Unix seconds
  std::string observed_revision;
  bool operator==(const Condition&) const = default;
};

struct AssetProgress {
  std::string name;
  std::string url;
  uint64_t done = 0;   ///< bytes
  uint64_t total = 0;  ///< bytes, 0 when the server did not say
  std::string error;
  bool operator==(const AssetProgress&) const = default;
};

/// Why a revision that is right is not served.
struct HeldRevision {
  std::string revision;              ///< "" where none is held
  std::vector<std::string> reasons;  ///< a sentence each
  std::vector<std::string> changes;  ///< "cp-1: withdrawn"; at most 200
  std::string acknowledge;  ///< what `spec.guards.acknowledge` must say; "" where no word of Git helps
  int64_t opens_at = 0;     ///< Unix seconds: when it is served without another word; 0: never
  bool operator==(const HeldRevision&) const = default;
};

/// A node as the served generation knows it, and the worker's last word: status.json, replaced atomically.
struct WorkerStatus {
  int64_t written_at = 0;                 ///< Unix seconds
  std::string source_url;                 ///< without credentials
  std::string observed_revision;          ///< newest seen at the remote
  std::string last_attempted_revision;    ///< newest we tried to build
  std::string last_applied_revision;      ///< what is served
  std::string last_handled_reconcile_at;  ///< token of the last manual request that was done
  int64_t last_fetch_at = 0;              ///< Unix seconds of the last good look at the remote
  int64_t next_fetch_at = 0;
  std::string pinned_revision;  ///< a rollback or a suspension holds this one; "" when none does
  std::string pinned_why;       ///< whose, until when and why, for people
  HeldRevision held;
  Diagnostics diagnostics;         ///< of last_attempted_revision; at most 1,000
  uint64_t diagnostics_total = 0;  ///< how many there were
  std::vector<Condition> conditions;
  std::vector<AssetProgress> assets;  ///< still missing or being fetched
  uint64_t nodes_total = 0;           ///< of the last render
  uint64_t files_total = 0;           ///< of the last render
  uint64_t files_rendered = 0;        ///< of them, how many were not taken over unchanged
  bool operator==(const WorkerStatus&) const = default;
};

std::string EncodeWorkerStatus(const WorkerStatus& status);
Result<WorkerStatus> DecodeWorkerStatus(std::string_view json);

inline constexpr std::string_view kWorkerStatusName = "status.json";

}  // namespace slipway
