#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/fleet/located.h"
#include "schema/fleet/yaml.h"

namespace slipway {

/// One of `spec.volumes`, of a cluster or a node. Sizes and selectors are kept as Talos reads them.
struct Volume {
  Located<std::string> name;
  Located<std::string> type;      ///< "" (partition), "partition", "disk", "directory"
  Located<std::string> selector;  ///< CEL over `disk` and `system_disk`; "" for none
  Located<std::string> min_size;
  Located<std::string> max_size;
  std::optional<bool> grow;
  yaml::Value filesystem;  ///< null for none
  yaml::Value encryption;  ///< null for none
  bool operator==(const Volume&) const = default;

  bool HasProvisioning() const {
    return !selector.value.empty() || !min_size.value.empty() || !max_size.value.empty() || grow.has_value();
  }
};

/// First minor of Talos that has a system volume of this name, 0 for a name that is no system volume's.
int SystemVolumeSince(std::string_view name);

/// A size as Talos writes it: `10GiB`, `2.5TiB`, `100GB`, plain bytes, `80%`, `-10GiB`.
struct VolumeSize {
  enum class Kind { kAbsolute, kPercent, kLeaveFree };
  Kind kind = Kind::kAbsolute;
  double bytes = 0;  ///< or percent
};
std::optional<VolumeSize> ParseVolumeSize(std::string_view text);

}  // namespace slipway
