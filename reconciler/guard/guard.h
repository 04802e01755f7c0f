#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/guard/change_set.h"
#include "schema/fleet/guards.h"

namespace slipway::guard {

/// Whether a revision may be served now.
struct Verdict {
  std::vector<std::string>
      limits;  ///< a sentence for each limit that it goes beyond and that nobody acknowledged
  std::vector<std::string> windows;  ///< a sentence for each kind of change that waits for a window
  std::string digest;         ///< of the change: what `acknowledge` must say; "" where no limit is passed
  bool acknowledged = false;  ///< it goes beyond a limit, and its guards say so
  std::optional<int64_t> opens_at;  ///< Unix seconds: when the last of the windows opens that it waits for

  bool held() const { return !limits.empty() || !windows.empty(); }
};

enum class Scope : uint8_t {
  kAll,
  kWithdrawals,  ///< nothing but withdrawals takes effect: a rollback or a suspension is in force
};

/// Measures by the stricter of both guards, and `proposed.acknowledge`. Pure but for the time zone database.
Verdict Judge(const Guards& served, const Guards& proposed, const ChangeSet& set, Scope scope, int64_t now);

/// The windows that the kinds of change of the set have to keep, a sentence for each kind; whether they are
/// open now is not asked.
std::vector<std::string> WindowsOf(const Guards& served, const Guards& proposed, const ChangeSet& set);

/// Whose files must be compared: only where a guard can ask for them.
struct Needs {
  bool control_planes = false;
  bool everybody = false;

  bool Asks(const BootEntry& served) const {
    return everybody || (control_planes && served.role == Role::kControlPlane);
  }
};
Needs NeedsOf(const Guards& served, const Guards& proposed);

/// "sha256:…" of everything that is withdrawn and of the control planes that are touched. The same change
/// gives the same digest, another one another.
std::string DigestOf(const ChangeSet& set);

/// "cp-1: control-plane-removed, withdrawn".
std::string ToString(const Change& change);

}  // namespace slipway::guard
