#pragma once

#include <string>

#include "reconciler/daemon/config.h"
#include "reconciler/forge/desk.h"
#include "schema/fleet/result.h"

namespace slipway {

/// `slipway plan-pulls`: reads the commits that strangers propose and makes plans of them for `slipway
/// forge`, which asks through the parent: `base` and `contains` about the branch that is served, `plan` about
/// the head of a pull request. Answers with `done`; a plan's comment is in planned.json of the state
/// directory. A process of its own: it has the age identities (where forge.comments asks for plans) and Git's
/// credentials, and no token of the forge. Returns the exit code.
int RunPlanWorker(const DaemonConfig& config, int channel_fd);

/// A comment that was made, as planned.json has it: one at a time, of the request with that token.
std::string EncodePlanned(const std::string& token, const forge::PlanComment& comment);
/// Errors (kRetry): it is another's, or nothing that can be read.
Result<forge::PlanComment> DecodePlanned(std::string_view text, const std::string& token);

inline constexpr std::string_view kPlannedName = "planned.json";

}  // namespace slipway
