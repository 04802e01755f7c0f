#include "schema/fleet/windows.h"

#include <date/tz.h>

#include <algorithm>
#include <cstdio>

namespace slipway {
namespace {

using std::chrono::seconds;

constexpr std::string_view kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr int kLookAhead = 9;  // days: a window a week comes again within eight

/// nullptr: unknown, or the system has no database.
const date::time_zone* Zone(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

/// A point of a zone's wall clock. Where the clock skips it or shows it twice: the first instant that fits.
std::optional<int64_t> AtWallClock(const std::string& zone, date::local_seconds wall) {
  if (zone == "UTC") return wall.time_since_epoch().count();
  const date::time_zone* found = Zone(zone);
  if (found == nullptr) return std::nullopt;
  return found->to_sys(wall, date::choose::earliest).time_since_epoch().count();
}

std::optional<date::local_days> DayAt(const std::string& zone, int64_t now) {
  const date::sys_seconds instant{seconds(now)};
  if (zone == "UTC") return date::floor<date::days>(date::local_seconds(instant.time_since_epoch()));
  const date::time_zone* found = Zone(zone);
  if (found == nullptr) return std::nullopt;
  return date::floor<date::days>(found->to_local(instant));
}

/// Calls `use` with the begin of every occurrence from the day before `now` on, in order, until it says true.
template <class Use>
void EachOccurrence(const MaintenanceWindow& window, int64_t now, const Use& use) {
  const auto today = DayAt(window.time_zone, now);
  if (!today) return;
  for (int offset = -1; offset <= kLookAhead; ++offset) {
    const date::local_days day = *today + date::days(offset);
    const unsigned weekday = date::weekday(day).iso_encoding() - 1;
    if ((window.days >> weekday & 1U) == 0) continue;
    const auto begin = AtWallClock(window.time_zone, day + std::chrono::minutes(window.start_minutes));
    if (begin && use(*begin)) return;
  }
}

bool Names(const MaintenanceWindow& window, Effect kind) {
  return std::find(window.kinds.begin(), window.kinds.end(), kind) != window.kinds.end();
}

bool IsOpen(const MaintenanceWindow& window, int64_t now) {
  bool open = false;
  EachOccurrence(window, now, [&](int64_t begin) {
    open = begin <= now && now < begin + window.duration_seconds;
    return open || begin > now;
  });
  return open;
}

}  // namespace

bool IsTimeZone(const std::string& name) { return name == "UTC" || Zone(name) != nullptr; }

bool MayServe(const std::vector<MaintenanceWindow>& windows, Effect kind, int64_t now) {
  bool named = false;
  for (const MaintenanceWindow& window : windows) {
    if (!Names(window, kind)) continue;
    if (IsOpen(window, now)) return true;
    named = true;
  }
  return !named;
}

std::optional<int64_t> NextOpening(const std::vector<MaintenanceWindow>& windows, Effect kind, int64_t now) {
  std::optional<int64_t> next;
  for (const MaintenanceWindow& window : windows) {
    if (!Names(window, kind)) continue;
    EachOccurrence(window, now, [&](int64_t begin) {
      if (begin <= now) return false;
      if (!next || begin < *next) next = begin;
      return true;
    });
  }
  return next;
}

std::string ToString(const MaintenanceWindow& window) {
  std::string text;
  for (unsigned day = 0; day < 7; ++day) {
    if (window.days != 0x7f && (window.days >> day & 1U) != 0)
      (text += text.empty() ? "" : ", ") += kDays[day];
  }
  char start[16];
  std::snprintf(start, sizeof start, "%02u:%02u", window.start_minutes / 60 % 24, window.start_minutes % 60);
  const uint32_t length = window.duration_seconds;
  const std::string duration = length % 3600 == 0 ? std::to_string(length / 3600) + 'h'
                               : length % 60 == 0 ? std::to_string(length / 60) + 'm'
                                                  : std::to_string(length) + 's';
  return (text.empty() ? "every day" : text) + ' ' + start + " + " + duration + ' ' + window.time_zone;
}

std::optional<unsigned> ParseDay(std::string_view text) {
  const auto* found = std::find(std::begin(kDays), std::end(kDays), text);
  if (found == std::end(kDays)) return std::nullopt;
  return static_cast<unsigned>(found - std::begin(kDays));
}

}  // namespace slipway
