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
  EventFold fold(0x5eed);
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
}

TEST(EventFold, TellsWhatGoesOnLessAndLessOften) {
  EventFold fold(0x5eed);
  std::vector<int64_t> told;
  uint64_t counted = 1;
  for (int64_t now = 0; now <= 40'000; now += 100) {
    for (const BootEvent& event : fold.Drain(now)) {
      told.push_back(now);
      counted += event.count;
    }
    EXPECT_EQ(fold.Take(Fetch("GET /a"), now), now == 0 ? Verdict::kTell : Verdict::kCounted);
  }
  EXPECT_EQ(told, (std::vector<int64_t>{1'000, 3'000, 7'000, 15'000, 23'000, 31'000, 39'000}));
  EXPECT_EQ(counted, 390U) << "up to the last line, each once";
}

TEST(EventFold, TellsAtOnceAfterAPauseAlsoWhenNobodyDrained) {
  EventFold fold(0x5eed);
  EXPECT_EQ(fold.Take(Fetch("GET /a"), 0), Verdict::kTell);
  EXPECT_EQ(fold.Take(Fetch("GET /a"), 1500), Verdict::kTell);
  EXPECT_EQ(fold.Take(Fetch("GET /a"), 1600), Verdict::kCounted);
  EXPECT_TRUE(fold.Drain(2000).empty());
  EXPECT_EQ(fold.Drain(2500).size(), 1U);
}

TEST(EventFold, TellsNoMoreAtATimeThanItIsAskedFor) {
  EventFold fold(0x5eed);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 10; ++i) fold.Take(Fetch("GET /" + std::to_string(i)), 0);
  }
  EXPECT_EQ(fold.Drain(1000, 3).size(), 3U);
  EXPECT_EQ(fold.Drain(1000, 100).size(), 7U);
  EXPECT_FALSE(fold.HasDue(1000));
}

TEST(EventFold, TellsAtOnceAgainAfterAPause) {
  EventFold fold(0x5eed);
  fold.Take(Fetch("GET /a"), 0);
  fold.Take(Fetch("GET /a"), 10);
  EXPECT_EQ(fold.Drain(1000).size(), 1U);
  EXPECT_EQ(fold.Take(Fetch("GET /a"), 1500), Verdict::kCounted);
  EXPECT_EQ(fold.Drain(3000).size(), 1U);
  EXPECT_TRUE(fold.Drain(7000).empty());
  EXPECT_EQ(fold.Take(Fetch("GET /a"), 7001), Verdict::kTell);
}

TEST(EventFold, SaysNothingMoreOfWhatHappenedOnce) {
  EventFold fold(0x5eed);
  fold.Take(Fetch("GET /a"), 0);
  EXPECT_TRUE(fold.HasDue(1000));
  EXPECT_TRUE(fold.Drain(1000).empty());
  EXPECT_FALSE(fold.HasDue(2000));
}

TEST(EventFold, KeepsApartWhatDiffersInAnyWord) {
  EventFold fold(0x5eed);
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
  other = Fetch("GET /a");
  other.revision = "main@sha1:2";
  EXPECT_EQ(fold.Take(other, 1), Verdict::kTell) << "what was merged meanwhile has been fetched";
  other.digest = "d";
  EXPECT_EQ(fold.Take(other, 1), Verdict::kTell);
  EXPECT_EQ(fold.Take(other, 2), Verdict::kCounted);
}

TEST(EventFold, CountsTheMachinesBehindARelayEach) {
  EventFold fold(0x5eed);
  BootEvent one = Fetch("DISCOVER");
  one.address = Ipv4{0x0a000001};
  one.mac = Mac{{1, 2, 3, 4, 5, 6}};
  BootEvent two = one;
  two.mac = Mac{{1, 2, 3, 4, 5, 7}};
  EXPECT_EQ(fold.Take(one, 0), Verdict::kTell);
  EXPECT_EQ(fold.Take(two, 0), Verdict::kTell);
  EXPECT_EQ(fold.Take(one, 1), Verdict::kCounted);
  EXPECT_EQ(fold.Take(two, 1), Verdict::kCounted);
}

TEST(EventFold, TellsAFloodOfManyKindsAsOneAndNodesStillEach) {
  EventFold fold(0x5eed);
  for (size_t i = 0; i < EventFold::kMost; ++i) {
    EXPECT_EQ(fold.Take(Fetch("GET /" + std::to_string(i)), 0), Verdict::kTell);
  }
  for (size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(fold.Take(Fetch("HEAD /" + std::to_string(i)), 0), Verdict::kCounted);
  }
  BootEvent node = Fetch("GET /boot.ipxe");
  node.node = "w1";
  EXPECT_EQ(fold.Take(node, 0), Verdict::kTell);
  EXPECT_EQ(fold.Take(node, 0), Verdict::kTell) << "there is no place to count it";
  EXPECT_EQ(fold.Take(Fetch("GET /1"), 1), Verdict::kCounted);
  const std::vector<BootEvent> due = fold.DrainAll();
  ASSERT_EQ(due.size(), 2U);
  EXPECT_EQ(due[0].reason, "TooManyToTell");
  EXPECT_EQ(due[0].outcome, Outcome::kAnswered);
  EXPECT_EQ(due[0].count, 10U);
  EXPECT_EQ(due[0].bytes, 100U);
  EXPECT_EQ(due[1].request, "GET /1");
  EXPECT_EQ(fold.Take(Fetch("GET /1"), 2), Verdict::kTell) << "drained";
  EXPECT_TRUE(fold.DrainAll().empty()) << "the flood is over";
}

}  // namespace
}  // namespace slipway
