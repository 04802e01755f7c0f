#include "reconciler/daemon/forge_worker.h"

#include <spdlog/spdlog.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "reconciler/daemon/channel.h"
#include "reconciler/daemon/child_signals.h"
#include "reconciler/daemon/files.h"
#include "reconciler/daemon/identities.h"
#include "reconciler/daemon/plan_client.h"
#include "reconciler/forge/client.h"
#include "reconciler/plan/format.h"
#include "schema/contract/worker_status.h"

namespace slipway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr seconds kOneRequest{60};
constexpr size_t kPlansAtATime = 20;

int64_t Now() {
  return std::chrono::duration_cast<seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// A document of the state directory; nothing where there is none that can be read.
template <class T>
std::optional<T> ReadDocument(const DaemonConfig& config, std::string_view name,
                              Result<T> (*decode)(std::string_view)) {
  const auto text = ReadSmallFile(config.state_dir + '/' + std::string(name));
  if (!text || !*text) return std::nullopt;
  auto document = decode(**text);
  if (!document) {
    spdlog::warn("forge.state {}: {}", name, document.error().message);
    return std::nullopt;
  }
  return std::move(*document);
}

class ForgeWorker {
 public:
  ForgeWorker(const DaemonConfig& config, int channel_fd)
      : config_(config),
        channel_(channel_fd),
        api_(forge::MakeApi(config.forge.target->kind, config.forge.target->repository)),
        client_(*api_, {config.forge.target->root, config.forge.token_file, config.forge.ca_file}),
        plans_(config, channel_,
               {[this](const std::string& step, milliseconds deadline) { Step(step, deadline); },
                [this](Message message) { requests_.push_back(std::move(message)); }}),
        memory_(ReadDocument(config, kForgeStatusName, DecodeForgeStatus).value_or(ForgeStatus{})),
        desk_(*api_, memory_, std::string(plan::kCommentMarker), Hooks()) {
    memory_.kind = forge::ToString(config.forge.target->kind);
    memory_.repository = config.forge.target->repository;
    memory_.not_before = std::min(memory_.not_before, Now() + 3600);  // a clock that was wrong
  }

  int Run() {
    Save();
    while (!Over()) {
      Pass();
      SayIdle();
      while (!Over() && Clock::now() < wake_ && requests_.empty() && !child::SyncAsked())
        Listen(wake_ - Clock::now());
    }
    return 0;
  }

 private:
  forge::DeskHooks Hooks() {
    return {[this](const forge::ApiRequest& request) {
              Step(request.doing, kOneRequest);
              forge::ApiResponse response = client_.Do(request);
              spdlog::info("forge.request method={} status={} {}", ToString(request.method), response.status,
                           request.doing);
              return response;
            },
            [this] { Save(); }, Now};
  }

  bool Over() const { return child::StopAsked() || channel_.closed(); }

  void Step(const std::string& step, milliseconds deadline) {
    Message message;
    message.verb = "step";
    message.argument = step;
    message.deadline_ms = deadline.count();
    channel_.Send(message);
  }

  void SayIdle() {
    constexpr milliseconds kOversleep{15'000};
    const auto wait = std::chrono::duration_cast<milliseconds>(wake_ - Clock::now());
    Message message;
    message.verb = "idle";
    message.deadline_ms = (std::max(wait, milliseconds(0)) + kOversleep).count();
    channel_.Send(message);
  }

  void Listen(Clock::duration wait) {
    const auto rest = std::chrono::duration_cast<milliseconds>(wait) + milliseconds(1);
    if (auto message = channel_.Receive(rest)) requests_.push_back(std::move(*message));
  }

  void Save() {
    memory_.written_at = Now();
    const std::string path = config_.state_dir + '/' + std::string(kForgeStatusName);
    if (const auto written = ReplaceFile(path, EncodeForgeStatus(memory_), Durability::kDurable); !written)
      spdlog::warn("forge.state {}", written.error().message);
    if (memory_.problem != said_ && !memory_.problem.empty())
      spdlog::warn("forge.problem {}", memory_.problem);
    said_ = memory_.problem;
    Message message;
    message.verb = "forge";
    channel_.Send(message);
  }

  /// Everything that is due: first what is cheap and awaited.
  void Pass() {
    const bool asked = child::TakeSync() || TakeRequests();
    if (asked) desk_.TryAgain();
    const auto worker = ReadDocument(config_, kWorkerStatusName, DecodeWorkerStatus);
    if (worker) {
      desk_.SendStatuses(
          *worker, config_.forge.page_url,
          [this](const std::string& newer, const std::string& older) { return Holds(newer, older); });
    }
    const std::string branch = worker ? forge::BranchOf(worker->observed_revision) : "";
    const std::string observed = worker ? forge::CommitOf(worker->observed_revision) : "";
    Sightings();
    const bool due =
        asked || Clock::now() >= pulls_due_ || (config_.forge.comments && observed != planned_onto_);
    const bool waiting = std::any_of(memory_.proposals.begin(), memory_.proposals.end(),
                                     [](const Proposal& p) { return p.state == ProposalState::kWaiting; });
    if (!branch.empty() && waiting) desk_.MakeProposals(branch, observed);
    if (!branch.empty() && due) Pulls(branch, observed);
    AnswerAll();
    const auto pause = seconds(std::max<int64_t>(memory_.not_before - Now(), 0));
    wake_ = pause.count() > 0 ? Clock::now() + pause + milliseconds(50)
                              : std::max(pulls_due_, Clock::now() + seconds(1));
    wake_ = std::min(wake_, Clock::now() + std::max(config_.forge.interval, pause));
  }

  /// Whether a served commit holds an older one, as far as Git can be asked now.
  std::optional<bool> Holds(const std::string& newer, const std::string& older) {
    if (Clock::now() < ancestry_due_) return std::nullopt;
    const auto contains = plans_.Contains(newer, older);
    if (contains) return *contains;
    ancestry_due_ = Clock::now() + config_.forge.interval;
    spdlog::warn("forge.history {}; the status of {} waits", contains.error().message, older);
    return std::nullopt;
  }

  void Pulls(const std::string& branch, const std::string& observed) {
    pulls_due_ = Clock::now() + config_.forge.interval;
    const bool follows = std::any_of(memory_.proposals.begin(), memory_.proposals.end(),
                                     [](const Proposal& p) { return p.state == ProposalState::kOpen; });
    if (!config_.forge.comments && !follows) return;
    const auto pulls = desk_.OpenPulls(branch);
    if (!pulls) return;
    desk_.FollowProposals(*pulls);
    if (!config_.forge.comments) return;
    planned_onto_ = observed;
    if (pulls->empty()) return desk_.CommentPulls({}, "", 0, {});
    const auto base = plans_.Base();
    if (!base) return desk_.SetProblem(forge::Desk::Work::kComments, base.error().message);
    desk_.CommentPulls(*pulls, *base, kPlansAtATime, [this](const forge::Pull& pull) {
      return plans_.Plan(api_->HeadReference(pull.number));
    });
  }

  void Sightings() {
    if (!config_.forge.propose) return;
    const auto text = ReadSmallFile(config_.state_dir + '/' + std::string(kSightingsName));
    const auto pattern = ReadDocument(config_, kPatternName, DecodePattern);
    class Sightings sightings;
    if (!text || !*text || !pattern || !sightings.Decode(**text)) return;
    std::string problem;
    for (Proposal& proposal :
         forge::NewProposals(memory_, sightings, *pattern, config_.source.path, Now(), problem))
      desk_.Begin(std::move(proposal));
    desk_.SetProblem(forge::Desk::Work::kSeen, problem);
  }

  /// True where an operator is among those who asked.
  bool TakeRequests() {
    bool asked = false;
    for (const Message& request : std::exchange(requests_, {})) {
      asked = asked || !request.by.empty();
      if (request.verb != "propose") continue;
      const auto begun = Propose(request.argument);
      if (begun) {
        waiting_[request.token] = *begun;
      } else {
        Answer(request.token, begun.error().message, false);
      }
    }
    return asked;
  }

  /// The branch of the proposal that an operator asked for.
  Result<std::string> Propose(const std::string& argument) {
    const auto request = DecodeProposeRequest(argument);
    if (!request) return tl::make_unexpected(request.error());
    if (const Proposal* known = memory_.ProposalOf(request->facts)) {
      if (known->state == ProposalState::kDeclined) {
        return FixInput("it was proposed as " + known->name + " and declined: " + known->url +
                        "; open that pull request again there, or commit its Node yourself");
      }
      if (known->state != ProposalState::kMerged) return known->branch;
      return FixInput("it was proposed and merged: " + known->url +
                      "; was its Node removed since? Commit it again");
    }
    const auto pattern = ReadDocument(config_, kPatternName, DecodePattern);
    if (!pattern) return Retry("no revision was served yet, so nobody knows what its nodes look like");
    const auto node = MakeNewNode(*pattern, request->facts, request->wishes, forge::TakenBy(memory_));
    if (!node) return tl::make_unexpected(node.error());
    Proposal proposal = forge::MakeProposal(*node, request->facts, config_.source.path, Now());
    std::string branch = proposal.branch;
    desk_.Begin(std::move(proposal));
    return branch;
  }

  void AnswerAll() {
    for (const auto& [token, branch] : std::exchange(waiting_, {})) {
      const auto found = std::find_if(memory_.proposals.begin(), memory_.proposals.end(),
                                      [&wanted = branch](const Proposal& p) { return p.branch == wanted; });
      if (found != memory_.proposals.end() && found->state == ProposalState::kOpen) {
        Answer(token, "proposed as " + found->name + ": " + found->url, true);
      } else if (found != memory_.proposals.end() && found->state == ProposalState::kDeclined) {
        Answer(token, "it was declined: " + found->url, false);
      } else {
        Answer(token,
               memory_.problem.empty() ? "the pull request is made as soon as the forge lets it"
                                       : memory_.problem + "; it is tried again",
               false);
      }
    }
  }

  void Answer(const std::string& token, const std::string& text, bool ok) {
    Message done;
    done.verb = "done";
    done.token = token;
    done.ok = ok;
    done.argument = text;
    channel_.Send(done);
  }

  const DaemonConfig& config_;
  WorkerChannel channel_;
  std::unique_ptr<const forge::Api> api_;
  forge::Client client_;
  PlanClient plans_;
  ForgeStatus memory_;
  forge::Desk desk_;
  std::vector<Message> requests_;
  std::map<std::string, std::string> waiting_;  ///< by token: branch
  std::string planned_onto_;
  std::string said_;
  Clock::time_point pulls_due_;
  Clock::time_point ancestry_due_;
  Clock::time_point wake_;
};

}  // namespace

std::string EncodeProposeRequest(const ProposeRequest& request) {
  const nlohmann::json j = {{"facts", EncodeFacts(request.facts)},
                            {"name", request.wishes.name},
                            {"cluster", request.wishes.cluster},
                            {"role", request.wishes.role}};
  return j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<ProposeRequest> DecodeProposeRequest(std::string_view text) {
  try {
    const auto j = nlohmann::json::parse(text);
    auto facts = DecodeFacts(j.value("facts", ""));
    if (!facts) return tl::make_unexpected(facts.error());
    return ProposeRequest{std::move(*facts),
                          {j.value("name", ""), j.value("cluster", ""), j.value("role", "")}};
  } catch (const std::exception& error) {
    return FixInput(std::string("reading what is to be proposed: ") + error.what());
  }
}

int RunForgeWorker(const DaemonConfig& config, int channel_fd) {
  child::CatchSignals();
  if (!config.forge.target) {
    std::fprintf(stderr, "slipway: forge.kind is not set: there is no forge to talk to\n");
    return 2;
  }
  if (const auto made = MakeFolder(config.state_dir); !made) {
    std::fprintf(stderr, "slipway: %s\n", made.error().message.c_str());
    return 2;
  }
  ForgetIdentityVariables();
  return ForgeWorker(config, channel_fd).Run();
}

}  // namespace slipway
