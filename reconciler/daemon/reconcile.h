#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "reconciler/daemon/config.h"
#include "reconciler/daemon/schedule.h"
#include "reconciler/publish/asset_fetcher.h"
#include "reconciler/publish/publisher.h"
#include "reconciler/render/renderer.h"
#include "reconciler/source/git_source.h"
#include "schema/contract/worker_status.h"
#include "schema/fleet/load.h"

namespace slipway {

/// What a pass needs of the world around it. All are called on the worker's thread.
struct ReconcileHooks {
  /// A step begins; without another word it must end within `deadline`.
  std::function<void(const std::string& step, std::chrono::milliseconds deadline)> on_step;
  std::function<void(const WorkerStatus&)> on_status;  ///< there is something new to show
  std::function<void()> on_published;                  ///< `current` moved
  std::function<bool()> interrupted;                   ///< true: end a long download, something else is wanted
  std::function<int64_t()> now;                        ///< Unix seconds
};

/// One walk of the path, from the remote to a generation, and what is remembered between walks. Single thread.
class Reconciler {
 public:
  Reconciler(DaemonConfig config, GitSource& source, Publisher& publisher, AssetFetcher& assets, ReconcileHooks hooks);

  struct Outcome {
    PassResult result = PassResult::kSucceeded;
    bool interrupted = false;  ///< a download was put off: come again at once
    std::string message;       ///< for whoever asked: what is served now, or why not
  };

  /// The steps, in order; the first that fails ends the walk, and one place says so in the status.
  Outcome Run();

  /// Serves a kept generation and stays with it. `which` is a commit, its beginning, or "previous".
  Outcome Rollback(const std::string& which, const std::string& by, WithdrawnPolicy withdrawn);
  /// Ends that; the next Run() publishes the newest revision.
  Outcome Resume();

  WorkerStatus& status() { return status_; }

 private:
  struct Failure {
    PassResult result;
    std::string condition;  ///< FetchFailed, ValidationFailed, …
    std::string reason;
    std::string message;
  };
  template <class T>
  using Step = tl::expected<T, Failure>;

  Step<Revision> Fetch();
  Step<Fleet> Load(const Revision& revision);
  Step<Renderer::Plan> Render(const Fleet& fleet);
  Step<void> FetchAssets(const Fleet& fleet, const Renderer::Plan& plan);
  Step<void> Publish(const Revision& revision, const Renderer::Plan& plan);

  void Begin(const std::string& step, std::chrono::milliseconds deadline);
  Outcome Summarise(const Step<void>& result);
  void SetCondition(const std::string& type, const std::string& state, const std::string& reason,
                    const std::string& message);
  void ClearCondition(const std::string& type);
  void SetDiagnostics(Diagnostics diagnostics);
  tl::unexpected<Failure> Refuse(std::string condition, std::string reason);

  DaemonConfig config_;
  GitSource& source_;
  Publisher& publisher_;
  AssetFetcher& assets_;
  ReconcileHooks hooks_;
  FleetLoader loader_;
  Renderer renderer_;
  WorkerStatus status_;
  std::unique_ptr<SourceTree> tree_;
  bool interrupted_ = false;
};

}  // namespace slipway
