#pragma once

#include <functional>
#include <optional>
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

/// Whether a newer commit's history holds an older one; nothing where that cannot be said now.
using Contains = std::function<std::optional<bool>(const std::string& newer, const std::string& older)>;

/// What is not as `memory` says that the forge has it: at most one for each commit, and never one that was
/// sent. First the newest commit's, then those of commits that it overtook while they were pending: once it
/// is served they are too, or were dropped from the branch; where it is refused they are not served, until
/// one that holds them is. Of something pending only the first word is sent.
std::vector<CommitStatus> StatusesToSend(const ForgeStatus& memory, const WorkerStatus& worker,
                                         const std::string& page, const Contains& contains);

/// Remembers it; bounded, and what is settled goes first.
void NoteSent(ForgeStatus& memory, const CommitStatus& status, int64_t now);

}  // namespace slipway::forge
