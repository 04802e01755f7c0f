// `spec.guards` of a Site.
#include <algorithm>

#include "schema/fleet/codes.h"
#include "schema/fleet/decode.h"
#include "schema/fleet/windows.h"

namespace slipway {
namespace {

std::optional<uint32_t> LimitOf(const yaml::Value& guards, std::string_view key) {
  const auto number = NumberOf(guards, key);
  if (!number || *number < 0) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

/// Minutes after midnight of "22:05".
std::optional<uint32_t> TimeOfDay(std::string_view text) {
  const auto digit = [&](size_t at) { return static_cast<uint32_t>(text[at] - '0'); };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const size_t at : {0U, 1U, 3U, 4U}) {
    if (digit(at) > 9) return std::nullopt;
  }
  const uint32_t hours = digit(0) * 10 + digit(1);
  const uint32_t minutes = digit(3) * 10 + digit(4);
  if (hours > 23 || minutes > 59) return std::nullopt;
  return hours * 60 + minutes;
}

void DecodeWindow(const yaml::Value& item, Reporter& reporter, Guards& guards) {
  constexpr uint32_t kDay = 24 * 3600;
  MaintenanceWindow window;
  for (const yaml::Value& kind : ItemsOf(item, "kinds")) {
    if (kind.AsString() == nullptr) continue;
    if (const auto effect = ParseEffect(*kind.AsString())) window.kinds.push_back(*effect);
  }
  if (const auto& days = ItemsOf(item, "days"); !days.empty()) {
    window.days = 0;
    for (const yaml::Value& day : days) {
      const auto number = day.AsString() == nullptr ? std::nullopt : ParseDay(*day.AsString());
      if (number) window.days = static_cast<uint8_t>(window.days | 1U << *number);
    }
  }
  const Located<std::string> start = TextOf(item, "start");
  if (const auto minutes = TimeOfDay(start.value)) {
    window.start_minutes = *minutes;
  } else if (start.mark.line > 0) {
    reporter.Error(start.mark, code::kBadWindow, Tick(start.value) + " is no time of day",
                   "write hours and minutes in quotes, like \"22:00\"");
  }
  window.duration_seconds = SecondsOf(item, "duration", window.duration_seconds);
  if (window.duration_seconds > kDay) {
    reporter.Error(item.Find("duration")->mark(), code::kBadWindow,
                   "a window is open for a day at most: it begins anew on the next of its days",
                   "write 24h or less");
  }
  const Located<std::string> zone = TextOf(item, "timeZone");
  if (zone.mark.line > 0) window.time_zone = zone.value;
  if (!IsTimeZone(window.time_zone)) {
    reporter.Error(zone.mark, code::kBadWindow,
                   Tick(window.time_zone) + " is no time zone that this host knows",
                   "write a name of the time zone database, like Europe/Berlin, or UTC; the names come from "
                   "the package tzdata");
  }
  guards.windows.push_back(std::move(window));
}

}  // namespace

void DecodeGuards(const yaml::Value& spec, Reporter& reporter, Guards& guards) {
  const yaml::Value* found = spec.Find("guards");
  if (found == nullptr || found->AsMapping() == nullptr) return;
  guards.max_withdrawn = LimitOf(*found, "maxWithdrawn");
  guards.max_withdrawn_percent = LimitOf(*found, "maxWithdrawnPercent");
  guards.max_control_planes = LimitOf(*found, "maxControlPlanes").value_or(1);
  guards.acknowledge = TextOf(*found, "acknowledge").value;
  for (const yaml::Value& item : ItemsOf(*found, "windows")) DecodeWindow(item, reporter, guards);
}

}  // namespace slipway
