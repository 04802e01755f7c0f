#include "reconciler/daemon/plan_client.h"

#include <unistd.h>

#include "reconciler/daemon/child_signals.h"
#include "reconciler/daemon/files.h"
#include "reconciler/daemon/plan_worker.h"

namespace slipway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

/// More than the sum of the deadlines that the process which plans sets itself: its own watchdog is first.
constexpr seconds kComputing{600};

}  // namespace

Result<std::string> PlanClient::Ask(const std::string& verb, const std::string& argument) {
  if (!channel_.supervised()) return Retry("plans are made for a forge's process that `slipway serve` runs");
  const auto patience = 3 * config_.source.timeout + kComputing;
  callbacks_.on_step("wait for the " + verb + " of " + (argument.empty() ? "the branch" : argument),
                     patience + seconds(15));
  token_ = std::to_string(::getpid()) + '.' + std::to_string(++asked_);
  Message question;
  question.verb = verb;
  question.token = token_;
  question.argument = argument;
  channel_.Send(question);
  const auto end = Clock::now() + patience;
  while (Clock::now() < end && !child::StopAsked() && !channel_.closed()) {
    auto message = channel_.Receive(milliseconds(1'000));
    if (!message) continue;
    if (message->verb != "planned" && message->verb != "ended") {
      callbacks_.on_other(std::move(*message));
    } else if (message->token == token_) {
      if (message->verb == "ended") return Bug("the process that plans ended over it");
      if (!message->ok) return Retry(message->argument);
      return message->argument;
    }
  }
  return Retry("the process that plans gave no answer");
}

Result<std::string> PlanClient::Base() { return Ask("base", ""); }

Result<bool> PlanClient::Contains(const std::string& newer, const std::string& older) {
  const auto answer = Ask("contains", newer + ' ' + older);
  if (!answer) return tl::make_unexpected(answer.error());
  return *answer == "yes";
}

Result<forge::PlanComment> PlanClient::Plan(const std::string& reference) {
  const auto answer = Ask("plan", reference);
  if (!answer) return tl::make_unexpected(answer.error());
  const auto text = ReadSmallFile(config_.state_dir + '/' + std::string(kPlannedName));
  if (!text) return tl::make_unexpected(text.error());
  return DecodePlanned(text->value_or(""), token_);
}

}  // namespace slipway
