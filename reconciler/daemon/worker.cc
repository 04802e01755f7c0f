#include "reconciler/daemon/worker.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <utility>

#include "reconciler/daemon/channel.h"
#include "reconciler/daemon/child_signals.h"
#include "reconciler/daemon/files.h"
#include "reconciler/daemon/host_renderer.h"
#include "reconciler/daemon/reconcile.h"
#include "reconciler/daemon/schedule.h"
#include "reconciler/publish/crash_switch.h"
#include "reconciler/trust/accept_tag.h"
#include "schema/contract/new_node.h"

namespace slipway {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// The loop around Reconciler: waits for a word or for the time of the next look, and answers whoever asked.
class Worker {
 public:
  Worker(const DaemonConfig& config, int channel_fd, std::unique_ptr<Publisher> publisher, Renderer renderer)
      : config_(config),
        channel_(channel_fd),
        source_(SourceOf(config), config.state_dir + "/mirror.git"),
        publisher_(std::move(publisher)),
        assets_(publisher_->state(), publisher_->digests(), FetchOptionsOf(config)),
        reconciler_(config, source_, *publisher_, assets_, std::move(renderer), Hooks()),
        schedule_(config.source.interval) {}

  int Run() {
    while (!Over()) {
      Pass();
      bool ahead = true;
      while (!Over() && Clock::now() < next_ && !Woken()) {
        ahead = ahead && reconciler_.WorkAhead();
        Listen(ahead ? Clock::duration::zero() : next_ - Clock::now());
      }
    }
    return 0;
  }

 private:
  static SourceConfig SourceOf(const DaemonConfig& config) {
    const SourceSettings& s = config.source;
    return {s.url,      s.branch,        s.tag,     s.commit,
            s.path,     s.timeout,       s.ssh_key, s.known_hosts,
            s.username, s.password_file, s.ca_file, std::string(trust::kAcceptTagPrefix)};
  }

  static FetchOptions FetchOptionsOf(const DaemonConfig& config) {
    FetchOptions options;
    options.file_roots = config.file_roots;
    options.ca_file = config.source.ca_file;
    return options;
  }

  ReconcileHooks Hooks() {
    ReconcileHooks hooks;
    hooks.on_step = [this](const std::string& step, milliseconds deadline) {
      Message message;
      message.verb = "step";
      message.argument = step;
      message.deadline_ms = deadline.count();
      channel_.Send(message);
    };
    hooks.on_status = [this](const WorkerStatus& status) {
      WriteStatus(status);
      Say("status");
    };
    hooks.on_served = [this](const Fleet& fleet) { WritePattern(PatternOf(fleet)); };
    hooks.on_published = [this] { Say("published"); };
    hooks.interrupted = [this] {
      Listen(milliseconds(0));
      return Over() || Woken();
    };
    hooks.now = Now;
    return hooks;
  }

  bool Over() const { return child::StopAsked() || channel_.closed(); }
  bool Woken() const { return !requests_.empty() || child::SyncAsked(); }

  void Listen(Clock::duration wait) {
    // One millisecond more than the rest: waking early would spin.
    const auto rest = std::chrono::duration_cast<milliseconds>(wait) + milliseconds(wait.count() > 0 ? 1 : 0);
    if (auto message = channel_.Receive(rest)) requests_.push_back(std::move(*message));
  }

  /// Does what was asked for but looking at the remote; returns whose requests the walk to come answers.
  std::vector<std::string> TakeRequests() {
    std::vector<std::string> syncs;
    for (const Message& request : std::exchange(requests_, {})) {
      if (request.verb == "sync") {
        syncs.push_back(request.token);
      } else if (request.verb == "rollback") {
        const auto withdrawn = request.include_withdrawn ? Withdrawn::kInclude : Withdrawn::kLeaveOut;
        const auto rolled_back = reconciler_.Rollback(request.argument, request.by, withdrawn);
        WriteStatus(reconciler_.status());
        Answer(request.token, rolled_back);
      } else if (const auto done = DoBeforeWalk(request)) {
        if (done->result == PassResult::kSucceeded) {
          syncs.push_back(request.token);
        } else {
          Answer(request.token, *done);
        }
      }
    }
    return syncs;
  }

  /// What changes how the next walk goes, and is answered by it.
  std::optional<Reconciler::Outcome> DoBeforeWalk(const Message& request) {
    if (request.verb == "resume") return reconciler_.Resume();
    if (request.verb == "accept") return reconciler_.Accept(request.argument, request.by);
    if (request.verb == "suspend")
      return reconciler_.Suspend(request.argument, request.by, request.for_seconds);
    return std::nullopt;
  }

  /// Everything that was asked for, then one walk that answers every sync among it.
  void Pass() {
    const bool asked_by_signal = child::TakeSync();
    std::vector<std::string> syncs = TakeRequests();
    if (!syncs.empty()) reconciler_.status().last_handled_reconcile_at = syncs.back();
    using Trigger = Reconciler::Trigger;
    const bool asked = asked_by_signal || !syncs.empty();
    const Reconciler::Outcome outcome = reconciler_.Run(asked ? Trigger::kAsked : Trigger::kPoll);
    if (outcome.interrupted) {  // asked again by itself, once the download went on for a while
      for (std::string& token : syncs) unanswered_.push_back(std::move(token));
      syncs.clear();
    } else {
      syncs.insert(syncs.end(), unanswered_.begin(), unanswered_.end());
      unanswered_.clear();
    }
    milliseconds wait =
        outcome.interrupted ? milliseconds(0) : schedule_.Next(outcome.result, random_(engine_));
    if (outcome.again_at)
      wait = std::min(wait, milliseconds(1000 * std::max<int64_t>(1, *outcome.again_at - Now())));
    next_ = Clock::now() + wait;
    reconciler_.status().next_fetch_at = Now() + wait.count() / 1000;
    WriteStatus(reconciler_.status());  // first, so that whoever was answered finds it
    for (const std::string& token : syncs) Answer(token, outcome);
    SayIdle(wait);
  }

  void Answer(const std::string& token, const Reconciler::Outcome& outcome) {
    Message done;
    done.verb = "done";
    done.token = token;
    done.ok = outcome.result == PassResult::kSucceeded && !outcome.held;
    done.argument = outcome.message;
    channel_.Send(done);
  }

  /// Whoever sleeps much longer than it said is hung, and will be killed.
  void SayIdle(milliseconds wait) {
    constexpr milliseconds kOversleep{15'000};
    Message message;
    message.verb = "idle";
    message.deadline_ms = (wait + kOversleep).count();
    message.last_fetch_at = reconciler_.status().last_fetch_at;
    message.next_fetch_at = reconciler_.status().next_fetch_at;
    channel_.Send(message);
  }

  void Say(const char* verb) {
    Message message;
    message.verb = verb;
    channel_.Send(message);
  }

  /// What new nodes look like, for proposals of unknown machines.
  void WritePattern(const NodePattern& pattern) {
    if (pattern == pattern_) return;
    const std::string path = config_.state_dir + '/' + std::string(kPatternName);
    if (const auto written = ReplaceFile(path, EncodePattern(pattern), Durability::kAtomicOnly); !written)
      return spdlog::warn("worker.pattern {}", written.error().message);
    pattern_ = pattern;
    Say("pattern");
  }

  /// Only what is new is written: a look at the remote that finds nothing costs no disk write.
  void WriteStatus(WorkerStatus status) {
    status.written_at = written_.written_at;
    WorkerStatus same_but_times = status;
    same_but_times.last_fetch_at = written_.last_fetch_at;
    same_but_times.next_fetch_at = written_.next_fetch_at;
    if (same_but_times == written_) return;
    status.written_at = Now();
    const std::string path = config_.state_dir + '/' + std::string(kWorkerStatusName);
    if (const auto written = ReplaceFile(path, EncodeWorkerStatus(status), Durability::kAtomicOnly);
        !written) {
      spdlog::warn("worker.status {}", written.error().message);
      return;
    }
    written_ = std::move(status);
  }

  const DaemonConfig& config_;
  WorkerChannel channel_;
  GitSource source_;
  std::unique_ptr<Publisher> publisher_;
  AssetFetcher assets_;
  Reconciler reconciler_;
  Schedule schedule_;
  WorkerStatus written_;  ///< what status.json holds
  NodePattern pattern_;   ///< what pattern.json holds
  std::vector<Message> requests_;
  std::vector<std::string> unanswered_;  ///< syncs that wait for a download
  Clock::time_point next_;
  std::mt19937_64 engine_{std::random_device{}()};
  std::uniform_real_distribution<double> random_{0.0, 1.0};
};

}  // namespace

int RunWorker(const DaemonConfig& config, int channel_fd) {
  child::CatchSignals();
  if (const auto made = MakeFolder(config.state_dir); !made) {
    std::fprintf(stderr, "slipway: %s\n", made.error().message.c_str());
    return 2;
  }
  const auto ops = MakeFileOpsFromEnvironment();
  if (!ops) {
    std::fprintf(stderr, "slipway: %s\n", ops.error().message.c_str());
    return 2;
  }
  auto publisher = Publisher::Open(**ops, config.state_dir);
  if (!publisher) {
    std::fprintf(stderr, "slipway: %s\n", publisher.error().message.c_str());
    return 2;
  }
  for (const std::string& note : (*publisher)->notes()) spdlog::warn("worker.recovery {}", note);
  auto renderer = MakeHostRenderer(config);
  if (!renderer) {
    std::fprintf(stderr, "slipway: %s\n", renderer.error().message.c_str());
    return 2;
  }
  return Worker(config, channel_fd, std::move(*publisher), std::move(*renderer)).Run();
}

}  // namespace slipway
