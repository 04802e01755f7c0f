#include "reconciler/daemon/schedule.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Schedule, AGoodLookIsFollowedByTheIntervalWithTenPercentJitter) {
  Schedule schedule(seconds(30));
  EXPECT_EQ(schedule.Next(PassResult::kSucceeded, 0.0), milliseconds(27'000));
  EXPECT_EQ(schedule.Next(PassResult::kSucceeded, 0.5), milliseconds(30'000));
  EXPECT_LE(schedule.Next(PassResult::kStalled, 0.9999), milliseconds(33'000));
}

TEST(Schedule, FailuresBackOffWithFullJitterUpToAQuarterHour) {
  Schedule schedule(seconds(30));
  EXPECT_EQ(schedule.Next(PassResult::kFailed, 0.5), milliseconds(1'000));  // half of 2 s
  EXPECT_EQ(schedule.Next(PassResult::kFailed, 0.5), milliseconds(2'000));
  EXPECT_EQ(schedule.Next(PassResult::kFailed, 0.0), milliseconds(200)) << "never at once";
  for (int i = 0; i < 100; ++i) schedule.Next(PassResult::kFailed, 0.5);
  EXPECT_LE(schedule.Next(PassResult::kFailed, 0.9999), minutes(15));
  EXPECT_GT(schedule.Next(PassResult::kFailed, 0.9999), minutes(14));
}

TEST(Schedule, OneSuccessForgetsTheFailures) {
  Schedule schedule(seconds(10));
  for (int i = 0; i < 5; ++i) schedule.Next(PassResult::kFailed, 0.5);
  EXPECT_EQ(schedule.failures_in_a_row(), 5);
  schedule.Next(PassResult::kSucceeded, 0.5);
  EXPECT_EQ(schedule.failures_in_a_row(), 0);
  EXPECT_EQ(schedule.Next(PassResult::kFailed, 0.5), milliseconds(1'000));
}

}  // namespace
}  // namespace slipway
