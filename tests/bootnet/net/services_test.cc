#include "bootnet/net/services.h"

#include <gtest/gtest.h>

#include "tests/bootnet/net_fixture.h"

namespace slipway {
namespace {

using namespace slipway::testing;

constexpr Ipv4 kPeer{0x0a000005};

Services MakeServices(PeerLookup identify) {
  BootNetworkConfig config;
  config.identify = std::move(identify);
  return Services(config, {}, MakeSnapshot());
}

TEST(Services, ALeaseOrARelayedRequestTellsAMachineWhereTheNeighbourTableCannot) {
  Services services = MakeServices(AlwaysUnidentified());
  EXPECT_FALSE(services.Identify(Door::kHttp, kPeer).mac);
  services.NoteAddress(kPeer, kAlpha1);
  EXPECT_EQ(services.Identify(Door::kHttp, kPeer).mac, kAlpha1);
  services.lease_holder = [](Ipv4 address) { return address == kPeer ? std::optional(kBeta) : std::nullopt; };
  EXPECT_EQ(services.Identify(Door::kHttp, kPeer).mac, kBeta) << "our own lease is the better word";
  EXPECT_FALSE(services.Identify(Door::kHttp, Ipv4{1}).mac);
}

TEST(Services, TheNeighbourTableIsBelievedBeforeAnybodysWord) {
  Services services = MakeServices(AlwaysMac(kStranger));
  services.NoteAddress(kPeer, kAlpha1);
  services.lease_holder = [](Ipv4) { return std::optional(kAlpha1); };
  EXPECT_EQ(services.Identify(Door::kHttp, kPeer).mac, kStranger);
  Services host = MakeServices(AlwaysHost());
  host.NoteAddress(kPeer, kAlpha1);
  EXPECT_FALSE(host.Identify(Door::kHttp, kPeer).mac);
}

}  // namespace
}  // namespace slipway
