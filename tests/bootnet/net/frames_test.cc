#include "bootnet/net/frames.h"

#include <gtest/gtest.h>

#include <string>

#include "bootnet/net/rate_cap.h"
#include "tests/bootnet/dhcp/packets.h"

namespace slipway {
namespace {

using testing::Bytes;

constexpr Mac kOne{{2, 0, 0, 0, 0, 1}};
constexpr Mac kTwo{{2, 0, 0, 0, 0, 2}};

TEST(Frames, AnArpProbeClaimsNoAddress) {
  const Bytes frame = BuildArpProbe(kOne, *Ipv4::Parse("192.0.2.7"));
  EXPECT_EQ(frame.size(), 42U);
  const auto arp = ParseArp(frame);
  ASSERT_TRUE(arp.has_value());
  EXPECT_EQ(arp->mac, kOne);
  EXPECT_TRUE(arp->address.IsUnspecified());
  EXPECT_EQ(arp->target, *Ipv4::Parse("192.0.2.7"));
}

TEST(Frames, UdpComesBackAsItWentIn) {
  for (size_t size : {0U, 1U, 300U, 1472U}) {
    Bytes payload(size);
    for (size_t i = 0; i < size; ++i) payload[i] = static_cast<uint8_t>(i * 7);
    Bytes frame = BuildUdpFrame({kOne, kTwo, {0xc0000201}, {0xc0000202}, 67, 68, payload});
    EXPECT_EQ(InternetChecksum(std::span(frame).subspan(14, 20)), 0) << "a header sums to nothing";
    frame.resize(std::max<size_t>(frame.size(), 60));  // as short frames are padded on the wire
    const auto udp = ParseUdpFrame(frame);
    ASSERT_TRUE(udp.has_value());
    EXPECT_EQ(udp->from_mac, kOne);
    EXPECT_EQ(udp->to_mac, kTwo);
    EXPECT_EQ(udp->from.value, 0xc0000201U);
    EXPECT_EQ(udp->to_port, 68);
    EXPECT_EQ(Bytes(udp->payload.begin(), udp->payload.end()), payload);
  }
}

TEST(Frames, TheUdpChecksumCoversThePseudoHeader) {
  const Bytes frame = BuildUdpFrame({kOne, kTwo, {0x01020304}, {0x05060708}, 1, 2, {}});
  // 0102+0304+0506+0708+0011+0008 + 0001+0002+0008 = 1038, complemented.
  EXPECT_EQ(frame[40] << 8U | frame[41], 0xefc7);
}

TEST(Frames, WhatDoesNotAddUpIsNotRead) {
  const Bytes good = BuildUdpFrame({kOne, kTwo, {1}, {2}, 67, 68, Bytes(20, 9)});
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(ParseUdpFrame(std::span(good).first(size)).has_value()) << size;
  }
  const auto with = [&](size_t at, uint8_t value) {
    Bytes bytes = good;
    bytes[at] = value;
    return ParseUdpFrame(bytes).has_value();
  };
  EXPECT_TRUE(with(22, 1)) << "time to live";
  EXPECT_FALSE(with(14, 0x65)) << "version";
  EXPECT_FALSE(with(14, 0x41)) << "header length";
  EXPECT_FALSE(with(20, 0x20)) << "a fragment";
  EXPECT_FALSE(with(23, 6)) << "TCP";
  EXPECT_FALSE(with(38, 0xff)) << "UDP length";
}

TEST(RateCap, KeepsConsecutiveMacsApart) {
  RateCap cap({1, 2});
  size_t passed = 0;
  for (int round = 0; round < 2; ++round) {
    for (uint64_t mac = 0x02be00000000; mac < 0x02be00000000 + 8'000; ++mac) {
      const uint64_t hashed = mac * 0x9e3779b97f4a7c15ULL;
      if (cap.Take(hashed, 1000) == RateCap::Verdict::kPass) ++passed;
    }
  }
  EXPECT_GE(passed, 15'000U) << "of 16,000 within their own burst";
}

TEST(RateCap, LetsABurstPassThenTellsOnceThenDrops) {
  RateCap cap({10, 3});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(cap.Take(7, 1000), RateCap::Verdict::kPass);
  EXPECT_EQ(cap.Take(7, 1000), RateCap::Verdict::kTell);
  EXPECT_EQ(cap.Take(7, 1000), RateCap::Verdict::kDrop);
  EXPECT_EQ(cap.Take(8, 1000), RateCap::Verdict::kPass) << "another source";
  EXPECT_EQ(cap.Take(7, 1100), RateCap::Verdict::kPass) << "a tenth of a second later";
  EXPECT_EQ(cap.Take(7, 1100), RateCap::Verdict::kDrop);
  EXPECT_EQ(cap.Take(7, 500), RateCap::Verdict::kDrop) << "a clock that went back gives nothing away";
}

}  // namespace
}  // namespace slipway
