#pragma once

#include <string>
#include <vector>

#include "reconciler/forge/api.h"
#include "schema/contract/forge_status.h"
#include "schema/contract/worker_status.h"

/// What a forge should show of the daemon's work. Pure.
namespace slipway::forge {

/// The hash in "main@sha1:<hash>", and the name before it; "" where there is none.
std::string CommitOf(const std::string& revision);
std::string BranchOf(const std::string& revision);

/// The newest commit that was seen: success once it is served, failure with the first problem where it is
/// refused, pending otherwise. Nothing before a commit was seen.
std::optional<CommitStatus> WantedStatus(const WorkerStatus& worker, const std::string& page);

/// What is not as `memory` says that the forge has it, oldest first: at most one for each commit, and never
/// one that was sent. A commit that was left pending is told when a newer one is served instead of it. Of
/// something pending only the first word is sent.
std::vector<CommitStatus> StatusesToSend(const ForgeStatus& memory, const WorkerStatus& worker,
                                         const std::string& page);

/// Remembers it; bounded.
void NoteSent(ForgeStatus& memory, const CommitStatus& status, int64_t now);

}  // namespace slipway::forge
