#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/publish/publisher.h"
#include "reconciler/publish/state_files.h"

namespace slipway {

/// What happens to machines that the generation gone back to approves, and the newest accepted one does not.
enum class Withdrawn : uint8_t {
  kLeaveOut,  ///< they stay withdrawn: merging their removal was a decision, going back is about everything
              ///< else
  kInclude,
};

struct RollbackPlan {
  Manifest manifest;                 ///< of the generation to publish
  std::vector<BootEntry> withdrawn;  ///< machines of the kept generation that are left out
  bool operator==(const RollbackPlan&) const = default;
};

/// `kept` without the machines (by MAC) that are not in `approved`, and without their scripts and configs.
/// Pure.
RollbackPlan PlanRollback(const Manifest& kept, const std::vector<BootEntry>& approved, Withdrawn withdrawn);

/// The machines (by MAC) of one boot table that are not in another, sorted. Pure.
std::vector<Mac> WithdrawnFrom(const std::vector<BootEntry>& before, const std::vector<BootEntry>& after);

/// Chooses among kept generations, sorted by number: "previous" is the newest one before the current with
/// another revision; otherwise the newest one whose name, revision or commit `wanted` is, or whose commit
/// begins with it (at least 4 hex digits). What an earlier rollback left machines out of is chosen only where
/// nothing else is that. kFixInput with the possible answers when there is none. Pure.
Result<std::string> ChooseKept(const std::vector<RevisionInfo>& kept, uint64_t current_number,
                               std::string_view wanted);

/// The revisions of all generations that can be gone back to, current included, by ascending number.
Result<std::vector<RevisionInfo>> ListKept(const StateDir& state);

struct RollbackRequest {
  std::string wanted;  ///< see ChooseKept
  Withdrawn withdrawn = Withdrawn::kLeaveOut;
  std::string by;
  int64_t now = 0;  ///< Unix seconds
  /// The boot table of the newest revision that was accepted. nullptr: that of the generation that was
  /// current when the first of the rollbacks that are in force was asked for, without Pin::withdrawn.
  const std::vector<BootEntry>* approved = nullptr;
};

struct RolledBack {
  Published published;
  Pin pin;
  std::vector<BootEntry> withdrawn;
};

/// Publishes a new generation with the content of a kept one, as planned above, and pins it. Needs no Git.
/// The pin is written first: after a crash in between, whoever starts next finds it and calls ApplyPin.
/// kFixInput when there is no such generation or its files are damaged; the pin is then what it was before.
Result<RolledBack> RollBack(Publisher& publisher, const RollbackRequest& request);

/// What a pin's generation is published with.
struct PinChange {
  int64_t now = 0;                                   ///< Unix seconds
  std::string by;                                    ///< RevisionInfo::restored_by
  const std::vector<BootEntry>* approved = nullptr;  ///< as in RollbackRequest
  std::string commits;                               ///< RevisionInfo::commits, of what it withdraws
};

/// Publishes what a pin asks for; nothing is written when that is live already.
Result<RolledBack> ApplyPin(Publisher& publisher, const Pin& pin, const PinChange& change);

/// "a rollback of root", "a suspension by root".
std::string WhoPinned(const Pin& pin);

}  // namespace slipway
