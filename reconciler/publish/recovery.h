#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reconciler/publish/generation.h"
#include "reconciler/publish/state_dir.h"

namespace slipway {

/// Start-up, step 1: removes what a crash left behind (staging folders, temporary links and files). Returns
/// one sentence for each thing that could not be removed: that is no reason not to go on.
std::vector<std::string> RemoveLeftovers(const StateDir& state);

struct Adopted {
  std::optional<Generation> generation;  ///< nothing: no valid generation is there
  std::vector<std::string> notes;  ///< one sentence for each thing that was found wrong, and what was done
};

/// Start-up, step 2: the generation that `current` names if its manifest verifies; otherwise the newest valid
/// one, to which `current` is then switched so that machines boot before Git answers. kRetry only when the
/// directory cannot be read; a link that cannot be switched is a note.
Result<Adopted> AdoptCurrent(const StateDir& state);

/// The commit point: makes `current` point at generations/<name>, durably. After a crash or an error it
/// points at the old or the new one, never at nothing.
Result<void> SwitchCurrent(const StateDir& state, const std::string& name);

}  // namespace slipway
