#include "bootnet/net/event_fold.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

using Verdict = EventFold::Verdict;

BootEvent Fetch(const std::string& request, uint64_t bytes = 10) {
  BootEvent event;
  event.outcome = Outcome::kAnswered;
  event.reason = "Approved";
  event.message = "node alpha";
  event.request = request;
  event.bytes = bytes;
  return event;
}

TEST(EventFold, TellsTheFirstAtOnceAndTheRestTogether) {
  EventFold fold;
  EXPECT_EQ(fold.Take(Fetch("GET /a"), 0), Verdict::kTell);
  EXPECT_EQ(fold.Take(Fetch("GET /a", 20), 1), Verdict::kCounted);
  EXPECT_EQ(fold.Take(Fetch("GET /a", 30), 999), Verdict::kCounted);
  EXPECT_FALSE(fold.HasDue(999));
  ASSERT_TRUE(fold.HasDue(1000));
  const std::vector<BootEvent> due = fold.Drain(1000);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].count, 2U);
  EXPECT_EQ(due[0].bytes, 50U);
  EXPECT_EQ(due[0].message, "node alpha (2 times within a second)");
  EXPECT_EQ(fold.Take(Fetch("GET /a"), 1001), Verdict::kTell) << "a new second";
}

TEST(EventFold, SaysNothingMoreOfWhatHappenedOnce) {
  EventFold fold;
  fold.Take(Fetch("GET /a"), 0);
  EXPECT_TRUE(fold.HasDue(1000));
  EXPECT_TRUE(fold.Drain(1000).empty());
  EXPECT_FALSE(fold.HasDue(2000));
}

TEST(EventFold, KeepsApartWhatDiffersInAnyWord) {
  EventFold fold;
  fold.Take(Fetch("GET /a"), 0);
  BootEvent other = Fetch("GET /a");
  other.message = "node beta";
  EXPECT_EQ(fold.Take(other, 1), Verdict::kTell);
  other = Fetch("GET /a");
  other.mac = Mac{{1, 2, 3, 4, 5, 6}};
  EXPECT_EQ(fold.Take(other, 1), Verdict::kTell);
  other = Fetch("GET /a");
  other.outcome = Outcome::kFailed;
  EXPECT_EQ(fold.Take(other, 1), Verdict::kTell);
  EXPECT_EQ(fold.Take(Fetch("GET /b"), 1), Verdict::kTell);
}

TEST(EventFold, HoldsABoundedNumberOfKinds) {
  EventFold fold;
  for (size_t i = 0; i < 3 * EventFold::kMost; ++i) {
    EXPECT_EQ(fold.Take(Fetch("GET /" + std::to_string(i)), 0), Verdict::kTell);
  }
  EXPECT_EQ(fold.Take(Fetch("GET /1"), 1), Verdict::kCounted);
  EXPECT_EQ(fold.Take(Fetch("GET /" + std::to_string(2 * EventFold::kMost)), 1), Verdict::kTell);
  EXPECT_EQ(fold.Drain(INT64_MAX).size(), 1U);
  EXPECT_EQ(fold.Take(Fetch("GET /1"), 2), Verdict::kTell) << "drained";
}

}  // namespace
}  // namespace slipway
