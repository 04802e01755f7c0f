#pragma once

#include <vector>

#include "reconciler/talos/documents.h"
#include "schema/fleet/fleet.h"

namespace slipway::talos {

struct BaseProblem {
  Mark mark;
  int code = 0;  ///< SW143x
  Severity severity = Severity::kError;
  std::string message;
  std::string fix;
};

/// What a user's own base config shows of having been made for another machine: another role, a release that
/// `version` is older than, a Kubernetes version that it does not run or that differs from `kubernetes` (with
/// its leading v, or ""), a control plane's key in a worker's file.
std::vector<BaseProblem> CheckBase(const Documents& documents, Role role, const TalosVersion& version,
                                   const std::string& kubernetes);

/// The first minor of Talos that knows documents of that kind; 0 for a kind that Slipway does not know.
int KindSince(std::string_view kind);

}  // namespace slipway::talos
