#include "reconciler/daemon/merged_range.h"

#include <spdlog/spdlog.h>

#include "reconciler/forge/pull_request.h"
#include "schema/contract/merged_commits.h"

namespace slipway {

std::string MergedRange(GitSource& source, const Revision& newer, const std::string& older,
                        const std::map<std::string, std::string>& signers, bool always) {
  if (older.empty() || older == newer.commit) return {};
  const auto changes = source.ChangesSince(newer, older);
  if (!changes) {
    spdlog::warn("reconcile.history {}; the log puts everything down to the newest commit",
                 changes.error().error.message);
    return {};
  }
  const bool itself = changes->size() == 1 && changes->front().revision.commit == newer.commit;
  if (changes->empty() || (itself && !always)) return {};
  std::vector<MergedCommit> merged;
  for (const CommitChanges& change : *changes) {
    const Revision& r = change.revision;
    const auto signer = signers.find(r.commit);
    merged.push_back({r.commit, r.author, r.subject, forge::PullRequestOf(r.message),
                      signer == signers.end() ? "" : signer->second, r.committed_at, change.files});
  }
  return EncodeMerged(merged);
}

}  // namespace slipway
