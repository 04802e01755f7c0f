#pragma once

#include "reconciler/talos/types/type_model.h"
#include "schema/fleet/yaml.h"

namespace slipway::talos {

/// How two values of a leaf type merge.
struct LeafMerge {
  const LeafType& leaf;
  bool zero_overrides;  ///< a zero value of the patch counts as said

  /// Changes `left` to what Talos makes of both, which both say something; false where Talos refuses.
  bool Apply(yaml::Value& left, const yaml::Value& right) const;
};

}  // namespace slipway::talos
