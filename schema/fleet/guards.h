#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/fleet/effect.h"

/// What a Site says of revisions that need a second look before they are served.
namespace slipway {

/// When changes of some kinds may be served: `duration` from `start` on, on each of `days`, by the clock of a
/// time zone.
struct MaintenanceWindow {
  std::vector<Effect> kinds;
  uint8_t days = 0x7f;               ///< bit 0 is Monday
  uint32_t start_minutes = 0;        ///< after midnight
  uint32_t duration_seconds = 3600;  ///< at most a day
  std::string time_zone = "UTC";     ///< a name of the IANA time zone database
  bool operator==(const MaintenanceWindow&) const = default;
};

struct Guards {
  std::optional<uint32_t> max_withdrawn;          ///< machines of one revision
  std::optional<uint32_t> max_withdrawn_percent;  ///< of those that are served
  std::optional<uint32_t> max_control_planes;     ///< of one cluster, touched by one revision
  std::string acknowledge;                        ///< "sha256:…" of the change that may pass; "" for none
  std::vector<MaintenanceWindow> windows;
  bool operator==(const Guards&) const = default;
};

}  // namespace slipway
