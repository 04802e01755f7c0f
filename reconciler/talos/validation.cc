#include "reconciler/talos/validation.h"

#include <algorithm>

#include "reconciler/talos/validate_parts.h"

namespace slipway::talos {

std::vector<Finding> Validate(const Documents& documents, const TalosVersion& version, RuntimeMode mode) {
  Report report(version.minor);
  for (const yaml::Value& document : documents) {
    if (!IsMain(document)) continue;
    ValidateMachine(document, documents, version, mode, report);
    ValidateLegacyNetwork(document, report);
    ValidateCluster(document, version, report);
  }
  ValidateImages(documents, version, report);
  for (const yaml::Value& document : documents) {
    if (!IsMain(document)) ValidateDocument(document, version, report);
  }
  ValidateConflicts(documents, report);
  ValidateWhole(documents, report);
  return report.Take();
}

}  // namespace slipway::talos
