#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "reconciler/daemon/channel.h"
#include "reconciler/daemon/config.h"
#include "reconciler/forge/desk.h"
#include "schema/fleet/result.h"

namespace slipway {

/// How the forge's process asks the one that plans (plan_worker.h): through the parent, one question at a
/// time, waiting for the answer. Errors: kBug where that process ended over the question, kRetry for
/// everything else. One thread.
class PlanClient {
 public:
  struct Callbacks {
    std::function<void(const std::string& step, std::chrono::milliseconds deadline)> on_step;
    std::function<void(Message)> on_other;  ///< what came in the meantime and is no answer
  };

  PlanClient(const DaemonConfig& config, WorkerChannel& channel, Callbacks callbacks)
      : config_(config), channel_(channel), callbacks_(std::move(callbacks)) {}

  /// The newest commit of the branch that is served.
  Result<std::string> Base();
  /// Whether the history of one commit holds another.
  Result<bool> Contains(const std::string& newer, const std::string& older);
  /// Of merging the head at a reference onto what Base found last.
  Result<forge::PlanComment> Plan(const std::string& reference);

 private:
  Result<std::string> Ask(const std::string& verb, const std::string& argument);

  const DaemonConfig& config_;
  WorkerChannel& channel_;
  Callbacks callbacks_;
  std::string token_;  ///< of the last question
  uint64_t asked_ = 0;
};

}  // namespace slipway
