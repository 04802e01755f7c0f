#pragma once

#include <optional>

#include "reconciler/talos/types/type_model.h"
#include "schema/fleet/yaml.h"

namespace slipway::talos {

/// Which item of a list an item of a patch meets, by the list's rule.
class ListMatcher {
 public:
  explicit ListMatcher(const TypeRef& list) : list_(list) {}

  /// `before` is how many items there were before the patch: some rules look at these alone. nullopt: it is
  /// new.
  std::optional<size_t> Find(const yaml::Sequence& items, const yaml::Value& item, size_t before) const;

 private:
  bool SameKey(const yaml::Value& a, const yaml::Value& b) const;
  const TypeRef& list_;
};

}  // namespace slipway::talos
