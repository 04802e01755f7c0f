#pragma once

#include <string>
#include <vector>

#include "schema/contract/worker_status.h"

namespace slipway {

/// Sets a condition as kstatus wants it: one of each type, `last_transition` moves only when the status does.
void SetCondition(std::vector<Condition>& conditions, Condition next);

/// Takes an abnormal-true condition away: it is there only while it is True.
void ClearCondition(std::vector<Condition>& conditions, const std::string& type);

/// The abnormal-true conditions that a step of a walk may set.
inline constexpr const char* kStepConditions[] = {"FetchFailed",
                                                  "VerificationFailed",
                                                  "ValidationFailed",
                                                  "RenderFailed",
                                                  "AssetsMissing",
                                                  "PublishFailed",
                                                  "Held",
                                                  "Stalled",
                                                  "Reconciling"};

}  // namespace slipway
