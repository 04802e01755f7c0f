#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "reconciler/daemon/config.h"
#include "reconciler/daemon/schedule.h"
#include "reconciler/daemon/trust_gate.h"
#include "reconciler/publish/asset_fetcher.h"
#include "reconciler/publish/publisher.h"
#include "reconciler/publish/rollback.h"
#include "reconciler/render/renderer.h"
#include "reconciler/source/git_source.h"
#include "schema/contract/worker_status.h"
#include "schema/fleet/load.h"

namespace slipway {

namespace guard {
struct ChangeSet;
struct Verdict;
}  // namespace guard

/// What a walk needs of the world around it. All are called on the worker's thread.
struct ReconcileHooks {
  /// A step begins; without another word it must end within `deadline`.
  std::function<void(const std::string& step, std::chrono::milliseconds deadline)> on_step;
  std::function<void(const WorkerStatus&)> on_status;  ///< there is something new to show
  std::function<void()> on_published;                  ///< `current` moved
  std::function<void(const Fleet&)> on_served;         ///< this fleet is served now
  std::function<bool()> interrupted;  ///< true: end a long download, something else is wanted
  std::function<int64_t()> now;       ///< Unix seconds
};

/// One walk of the path, from the remote to a generation, and what is remembered between walks. Single
/// thread.
class Reconciler {
 public:
  /// `renderer` has what opens the encrypted files of the repository.
  Reconciler(const DaemonConfig& config, GitSource& source, Publisher& publisher, AssetFetcher& assets,
             Renderer renderer, ReconcileHooks hooks);

  struct Outcome {
    PassResult result = PassResult::kSucceeded;
    bool interrupted = false;           ///< a download was put off: come again at once
    std::string message;                ///< for whoever asked: what is served now, or why not
    bool held = false;                  ///< the newest revision is right and not served
    std::optional<int64_t> again_at{};  ///< Unix seconds: a window opens or a suspension ends, come by then
  };

  enum class Trigger {
    kPoll,   ///< what was refused stays refused until the branch moves
    kAsked,  ///< somebody asked: what was refused is tried once more
  };
  /// Walks the steps in order; the first that fails ends the walk, and one place says so in the status.
  Outcome Run(Trigger trigger);

  /// Serves a kept generation and stays with it. `which` is a commit, its beginning, or "previous".
  Outcome Rollback(const std::string& which, const std::string& by, Withdrawn withdrawn);
  /// Stays with what is served, for `seconds` or (0) until Resume(); `reason` is shown to everybody.
  /// Withdrawals still take effect.
  Outcome Suspend(const std::string& reason, const std::string& by, int64_t seconds);
  /// Ends either; the next Run() publishes the newest revision.
  Outcome Resume();
  /// Lets the newest revision pass the checks of history and signatures, which refused it: `which` is the
  /// beginning of its commit, at least 7 digits. The next Run() publishes it. Written durably before this
  /// returns.
  Outcome Accept(const std::string& which, const std::string& by);

  /// A slice of some milliseconds of the next publication's work, for when nobody waits for anything. True
  /// while there is more to do.
  bool WorkAhead();

  WorkerStatus& status() { return status_; }

 private:
  /// Why a walk ended early, and the condition that says so.
  struct Ended {
    PassResult result = PassResult::kFailed;
    bool refused = false;  ///< the revision itself is wrong
    std::string condition;
    std::string reason;
    std::string message;
    std::optional<int64_t> again_at{};  ///< Unix seconds: from then on the verdict may be another
  };
  template <class T>
  using Step = tl::expected<T, Ended>;

  Step<void> Walk();
  Step<void> ReadPinned();
  Step<void> EndSuspension(Pin pin);
  Step<void> WithdrawFromPinned(const Revision& revision, const Renderer::Plan& plan);
  Step<void> KeepPinned(const Pin& pin, const PinChange& change);
  Step<Revision> Fetch();
  Step<trust::Decision> Trust(const Revision& revision);
  Step<Fleet> Load(const Revision& revision);
  Step<Renderer::Plan> Render(const Fleet& fleet);
  Result<std::optional<Generation>> Accepted();
  Step<void> Brake(const Fleet& fleet, const Renderer::Plan& plan);
  Step<void> Hold(const guard::Verdict& verdict, const guard::ChangeSet& set);
  Step<void> CheckFiles(const Renderer::Plan& plan);
  Step<std::vector<AssetRequest>> MissingAssets(const Fleet& fleet, const Renderer::Plan& plan);
  Step<void> FetchAssets(const Fleet& fleet, const Renderer::Plan& plan);
  Step<void> FetchAsset(const AssetRequest& request, std::chrono::steady_clock::time_point give_way);
  Step<void> Publish(const Revision& revision, const trust::Decision& trusted, const Fleet& fleet,
                     const Renderer::Plan& plan);
  void CollectGarbage(const Fleet& fleet);

  bool NothingToDo(const Revision& revision);
  TrustGate::Served Served() const;
  void NoteTrust(const Revision& revision, const trust::Decision& decision);
  Result<void> Unpin(const Pin& pin);
  void NoteSignatures(const char* state, const std::string& reason, const std::string& message);
  static std::string KeyOf(const Revision& revision);
  void RestoreAccepted(Pin ended);
  void NoteRolledBack(const RolledBack& rolled_back);
  void Begin(const char* step, std::chrono::milliseconds deadline);
  void SetDiagnostics(Diagnostics diagnostics);
  void AddDiagnostics(const Diagnostics& more);
  void Set(const char* type, const char* state, const std::string& reason, const std::string& message);
  Outcome Summarise(const Step<void>& walked);
  tl::unexpected<Ended> Refuse(const char* condition, const char* reason) const;
  static tl::unexpected<Ended> EndOf(const Error& error, const char* condition, const char* reason);
  static tl::unexpected<Ended> EndOf(const SourceError& error);
  static std::string CommitOf(const std::string& revision);  ///< the hash in main@sha1:<hash>

  const DaemonConfig& config_;
  GitSource& source_;
  Publisher& publisher_;
  AssetFetcher& assets_;
  ReconcileHooks hooks_;
  TrustGate gate_;
  FleetLoader loader_;
  Renderer renderer_;
  WorkerStatus status_;
  std::unique_ptr<SourceTree> tree_;
  std::string attempted_;         ///< what the walk is about, see KeyOf
  std::string settled_;           ///< served, or refused for good: looking at it again changes nothing
  std::optional<Ended> refusal_;  ///< why it was refused
  std::optional<Pin> ended_;      ///< what pinned until this walk
  int64_t suspended_until_ = 0;   ///< Unix seconds; 0: no suspension is in force that ends by itself
  std::string last_said_;         ///< the last failure that was logged
  bool interrupted_ = false;
};

}  // namespace slipway
