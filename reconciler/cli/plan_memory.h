#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "reconciler/plan/plan_cache.h"

namespace slipway::cli {

/// Where `plan` remembers fleets from one run to the next, as the command line and the environment say.
class PlanMemory {
 public:
  PlanMemory();

  void AddTo(CLI::App& command);

  /// Of the fleet at `path` in the repository at `place`. Nothing where nothing is remembered.
  std::optional<plan::KnownFleet> Find(const std::string& place, const std::string& path) const;
  /// What cannot be kept is not: the next run takes longer. Said on standard error where a folder was named.
  void Keep(const std::string& place, const std::string& path, const plan::KnownFleet& known) const;

 private:
  std::optional<plan::PlanCache> Open() const;

  std::unique_ptr<FileOps> ops_;
  std::string folder_;
  bool off_ = false;
};

}  // namespace slipway::cli
