#include "schema/fleet/windows.h"

#include <gtest/gtest.h>

#include <chrono>

namespace slipway {
namespace {

using namespace std::chrono;  // NOLINT: dates are written in its literals

int64_t Utc(year_month_day day, int hour, int minute) {
  return duration_cast<seconds>((sys_days(day) + hours(hour) + minutes(minute)).time_since_epoch()).count();
}

MaintenanceWindow Window(uint8_t days, uint32_t start, uint32_t duration, std::string zone = "UTC") {
  return {{Effect::kReinstall}, days, start, duration, std::move(zone)};
}

bool IsOpen(const MaintenanceWindow& window, int64_t now) {
  return MayServe({window}, Effect::kReinstall, now);
}

constexpr uint8_t kSaturday = 1U << 5U;

TEST(Windows, AreOpenFromTheirStartToTheSecondBeforeTheirEnd) {
  const auto window = Window(kSaturday, 22 * 60, 4 * 3600);  // 2026-11-28 is a Saturday
  EXPECT_FALSE(IsOpen(window, Utc(2026y / 11 / 28, 22, 0) - 1));
  EXPECT_TRUE(IsOpen(window, Utc(2026y / 11 / 28, 22, 0)));
  EXPECT_TRUE(IsOpen(window, Utc(2026y / 11 / 29, 1, 59))) << "it began on Saturday";
  EXPECT_FALSE(IsOpen(window, Utc(2026y / 11 / 29, 2, 0)));
  EXPECT_FALSE(IsOpen(window, Utc(2026y / 11 / 27, 23, 0))) << "on Friday it does not begin";
}

TEST(Windows, OpenByTheClockOfTheirZoneInSummerAndInWinter) {
  const auto window = Window(0x7f, 2 * 60, 1800, "Europe/Berlin");
  EXPECT_TRUE(IsOpen(window, Utc(2026y / 7 / 1, 0, 10)));
  EXPECT_FALSE(IsOpen(window, Utc(2026y / 7 / 1, 1, 10)));
  EXPECT_TRUE(IsOpen(window, Utc(2026y / 12 / 1, 1, 10)));
  // 2027-03-28 02:00 does not exist there: it begins when the clock goes on, at 03:00 summer time.
  EXPECT_TRUE(IsOpen(window, Utc(2027y / 3 / 28, 1, 10)));
  // 2026-10-25 02:00 exists twice: it begins at the first.
  EXPECT_TRUE(IsOpen(window, Utc(2026y / 10 / 25, 0, 10)));
  EXPECT_FALSE(IsOpen(window, Utc(2026y / 10 / 25, 1, 10)));
}

TEST(Windows, HoldOnlyTheKindsThatTheyName) {
  const auto now = Utc(2026y / 11 / 26, 12, 0);
  const std::vector<MaintenanceWindow> windows = {Window(kSaturday, 0, 3600), Window(0x7f, 12 * 60, 3600)};
  EXPECT_TRUE(MayServe(windows, Effect::kReinstall, now)) << "one of two is open";
  EXPECT_FALSE(MayServe({windows[0]}, Effect::kReinstall, now));
  EXPECT_TRUE(MayServe({windows[0]}, Effect::kWipe, now));
  EXPECT_TRUE(MayServe({}, Effect::kReinstall, now));
}

TEST(Windows, TellWhenTheNextOneOpens) {
  const auto now = Utc(2026y / 11 / 26, 12, 0);
  const std::vector<MaintenanceWindow> windows = {Window(kSaturday, 60, 3600),
                                                  Window(kSaturday, 30, 3600, "Asia/Tokyo")};
  EXPECT_EQ(NextOpening(windows, Effect::kReinstall, now), Utc(2026y / 11 / 27, 15, 30));
  EXPECT_EQ(NextOpening(windows, Effect::kWipe, now), std::nullopt);
  EXPECT_EQ(NextOpening({Window(kSaturday, 60, 3600)}, Effect::kReinstall, Utc(2026y / 11 / 28, 1, 0)),
            Utc(2026y / 12 / 5, 1, 0))
      << "an open one opens again a week later";
}

TEST(Windows, InAnUnknownZoneAreNeverOpen) {
  EXPECT_FALSE(IsTimeZone("Mars/Olympus"));
  EXPECT_FALSE(IsTimeZone("../../etc/passwd"));
  EXPECT_TRUE(IsTimeZone("UTC"));
  EXPECT_TRUE(IsTimeZone("America/New_York"));
  EXPECT_FALSE(IsOpen(Window(0x7f, 0, 86400, "Mars/Olympus"), Utc(2026y / 11 / 26, 12, 0)));
}

TEST(Windows, AreWrittenForPeople) {
  EXPECT_EQ(ToString(Window(3U << 5U, 22 * 60 + 5, 4 * 3600, "Europe/Berlin")),
            "Sat, Sun 22:05 + 4h Europe/Berlin");
  EXPECT_EQ(ToString(Window(0x7f, 0, 5400)), "every day 00:00 + 90m UTC");
}

}  // namespace
}  // namespace slipway
