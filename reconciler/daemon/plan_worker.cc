#include "reconciler/daemon/plan_worker.h"

#include <spdlog/spdlog.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "reconciler/daemon/channel.h"
#include "reconciler/daemon/child_signals.h"
#include "reconciler/daemon/files.h"
#include "reconciler/daemon/host_renderer.h"
#include "reconciler/daemon/identities.h"
#include "reconciler/daemon/pull_planner.h"

namespace slipway {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kWait{60'000};
constexpr milliseconds kOversleep{15'000};

class PlanWorker {
 public:
  PlanWorker(const DaemonConfig& config, int channel_fd, Renderer renderer)
      : config_(config),
        channel_(channel_fd),
        limit_(forge::MakeApi(config.forge.target->kind, config.forge.target->repository)->comment_limit()),
        planner_(config, std::move(renderer),
                 [this](const std::string& step, milliseconds deadline) { Say("step", step, deadline); }) {}

  int Run() {
    while (!child::StopAsked() && !channel_.closed()) {
      Say("idle", "", kWait + kOversleep);
      if (const auto request = channel_.Receive(kWait)) Do(*request);
    }
    return 0;
  }

 private:
  void Say(const char* verb, const std::string& argument, milliseconds deadline) {
    Message message;
    message.verb = verb;
    message.argument = argument;
    message.deadline_ms = deadline.count();
    channel_.Send(message);
  }

  void Do(const Message& request) {
    Result<std::string> answer = Bug("nobody here knows '" + request.verb + "'");
    if (request.verb == "base") answer = Base();
    if (request.verb == "contains") answer = Contains(request.argument);
    if (request.verb == "plan") answer = Plan(request.token, request.argument);
    Message done;
    done.verb = "done";
    done.token = request.token;
    done.ok = answer.has_value();
    done.argument = answer ? *answer : answer.error().message;
    channel_.Send(done);
  }

  Result<std::string> Base() {
    auto base = planner_.FetchBase();
    if (!base) return tl::make_unexpected(std::move(base.error().error));
    return base->commit;
  }

  Result<std::string> Contains(const std::string& commits) {
    const size_t blank = std::min(commits.find(' '), commits.size() - 1);
    const auto contains = planner_.Contains(commits.substr(0, blank), commits.substr(blank + 1));
    if (!contains) return tl::make_unexpected(contains.error().error);
    return *contains ? "yes" : "no";
  }

  Result<std::string> Plan(const std::string& token, const std::string& reference) {
    const auto comment = planner_.Plan(reference, limit_);
    if (!comment) return tl::make_unexpected(comment.error());
    const std::string path = config_.state_dir + '/' + std::string(kPlannedName);
    const auto written = ReplaceFile(path, EncodePlanned(token, *comment), Durability::kAtomicOnly);
    if (!written) return tl::make_unexpected(written.error());
    return "";
  }

  const DaemonConfig& config_;
  WorkerChannel channel_;
  const size_t limit_;
  PullPlanner planner_;
};

}  // namespace

std::string EncodePlanned(const std::string& token, const forge::PlanComment& comment) {
  const nlohmann::json j = {{"token", token}, {"body", comment.body}, {"outcome", comment.outcome}};
  return j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<forge::PlanComment> DecodePlanned(std::string_view text, const std::string& token) {
  try {
    const auto j = nlohmann::json::parse(text);
    if (j.at("token") != token) return Retry("the plan that was made is another's");
    return forge::PlanComment{j.at("body").get<std::string>(), j.at("outcome").get<std::string>()};
  } catch (const nlohmann::json::exception& error) {
    return Retry(std::string("reading the plan that was made: ") + error.what());
  }
}

int RunPlanWorker(const DaemonConfig& config, int channel_fd) {
  child::CatchSignals();
  if (!config.forge.target) {
    std::fprintf(stderr, "slipway: forge.kind is not set: nobody asks for plans\n");
    return 2;
  }
  if (const auto made = MakeFolder(config.state_dir); !made) {
    std::fprintf(stderr, "slipway: %s\n", made.error().message.c_str());
    return 2;
  }
  auto renderer = config.forge.comments ? MakeHostRenderer(config) : Result<Renderer>(Renderer());
  ForgetIdentityVariables();  // without comments it compares commits alone
  if (!renderer) {
    std::fprintf(stderr, "slipway: %s\n", renderer.error().message.c_str());
    return 2;
  }
  return PlanWorker(config, channel_fd, std::move(*renderer)).Run();
}

}  // namespace slipway
