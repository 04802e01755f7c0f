#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/fleet/guards.h"

/// Maintenance windows on the clock. Reads the system's time zone database (tzdata), and nothing else.
namespace slipway {

/// Whether the time zone database knows the name. "UTC" is known without it.
bool IsTimeZone(const std::string& name);

/// Whether a change of that kind may be served at `now` (Unix seconds): no window names the kind, or one that
/// does is open. A window in an unknown time zone is never open.
bool MayServe(const std::vector<MaintenanceWindow>& windows, Effect kind, int64_t now);

/// When one that names the kind opens next, after `now`; nullopt: within nine days none does.
std::optional<int64_t> NextOpening(const std::vector<MaintenanceWindow>& windows, Effect kind, int64_t now);

/// "Sat, Sun 22:00 + 4h Europe/Berlin".
std::string ToString(const MaintenanceWindow& window);
/// "Mon" is 0; nullopt: no day.
std::optional<unsigned> ParseDay(std::string_view text);

}  // namespace slipway
