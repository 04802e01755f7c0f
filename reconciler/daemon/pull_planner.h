#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "reconciler/daemon/config.h"
#include "reconciler/forge/desk.h"
#include "reconciler/plan/compare.h"
#include "reconciler/plan/walk.h"
#include "reconciler/render/renderer.h"
#include "reconciler/source/git_source.h"
#include "schema/fleet/load.h"

namespace slipway {

/// Plans what merging pull requests would do, in a mirror of its own. Their commits are data: nothing of them
/// is run, and the loader's limits hold. Runs libgit2 and yaml-cpp on what strangers wrote, so only in a
/// process that may be killed. One thread.
class PullPlanner {
 public:
  /// `step` is told what begins and how long it may take.
  PullPlanner(const DaemonConfig& config, Renderer renderer,
              std::function<void(const std::string& step, std::chrono::milliseconds deadline)> step);

  /// The newest commit of the branch that is served.
  SourceResult<Revision> FetchBase();

  /// Whether the history of `newer`, a commit of the branch that is served, holds `older`. Errors: the remote
  /// or the disk.
  SourceResult<bool> Contains(const std::string& newer, const std::string& older);

  /// The comment for a pull request whose head is at `reference`, merged onto what FetchBase found last. A
  /// head that would be refused, or that conflicts, is a comment that says so. Errors: the remote or the
  /// disk.
  Result<forge::PlanComment> Plan(const std::string& reference, size_t limit);

 private:
  struct Side {
    std::unique_ptr<SourceTree> tree;
    std::unique_ptr<const plan::Walked> walked;
  };
  Result<Side> Prepare(GitSource& source, const Revision& revision);
  Result<forge::PlanComment> Compare(const Side& head, size_t limit);
  void BoundMirror() const;

  const DaemonConfig& config_;
  const std::string mirror_;
  std::function<void(const std::string&, std::chrono::milliseconds)> step_;
  FleetLoader loader_;
  Renderer renderer_;
  std::string digest_key_;  ///< of this process: secrets are told apart, and say nothing
  std::unique_ptr<GitSource> base_source_;
  Revision base_;
  std::string base_of_;  ///< commit that `base_side_` is of
  Side base_side_;
};

}  // namespace slipway
