#pragma once

#include <functional>
#include <optional>
#include <string>

#include "reconciler/daemon/config.h"
#include "reconciler/publish/state_files.h"
#include "reconciler/source/git_source.h"
#include "reconciler/trust/decide.h"
#include "schema/contract/manifest.h"
#include "schema/fleet/fleet.h"
#include "schema/fleet/source_tree.h"

namespace slipway {

/// Puts trust::Decide's question together: from this host's files, the mirror, and what is served. Single
/// thread.
class TrustGate {
 public:
  TrustGate(const DaemonConfig& config, GitSource& source) : config_(config), source_(source) {}

  /// What a new revision is measured by.
  struct Served {
    TrustBase base;  ///< commit "" where nothing was served
    std::optional<Acceptance> acceptance;
  };

  /// Blocks while signatures are verified; `on_progress` is called at least every few seconds of it. `now`:
  /// Unix seconds.
  Result<trust::Decision> Check(const Revision& revision, const Served& served, int64_t now,
                                const std::function<void()>& on_progress);

 private:
  trust::Descent DescentOf(const Revision& revision, const TrustBase& base);

  const DaemonConfig& config_;
  GitSource& source_;
  trust::VerdictCache cache_;
};

/// The keys of this host's files, read anew. kFixInput, with file and line, where one is missing or wrong.
Result<trust::KeySet> ReadHostKeys(const VerifySettings& settings);

/// What the revisions after this one will be measured by: its commit, and the key files that its Site names.
Result<TrustBase> ReadTrustBase(const std::string& commit, const Fleet& fleet, const SourceTree& tree);

}  // namespace slipway
