#include "bootnet/dhcp/lease_server.h"

#include <gtest/gtest.h>

#include "tests/bootnet/dhcp/lease_world.h"

/// RFC 2131 §4.3, message by message.
namespace slipway::dhcp {
namespace {

using namespace slipway::testing;

TEST(LeaseServer, GivesANodeItsFixedAddressAndOthersOneOfTheRange) {
  LeaseWorld world;
  EXPECT_EQ(world.Lease(kAlpha1), kFixed);
  const Ipv4 dynamic = world.Lease(kPhone1);
  EXPECT_TRUE(kFirst <= dynamic && dynamic <= kLast) << dynamic.ToString();
  EXPECT_EQ(world.disk.at(kFixed.value).mac, kAlpha1);
  EXPECT_EQ(world.disk.at(dynamic.value).state, BindingState::kBound);
}

TEST(LeaseServer, KeepsOffersOffTheDiskAndEveryAckOnIt) {
  LeaseWorld world;
  const LeaseStep offer = world.AskOnQuietNet(OsPacket(kPhone1, MessageType::kDiscover));
  EXPECT_EQ(TypeOf(offer), MessageType::kOffer);
  EXPECT_TRUE(offer.records.empty());
  const LeaseStep ack = world.Request(kPhone1, YourAddress(offer));
  ASSERT_EQ(TypeOf(ack), MessageType::kAck);
  ASSERT_EQ(ack.records.size(), 1U);
  EXPECT_EQ(ack.records[0].until, world.now + 3600);
}

TEST(LeaseServer, NeverGivesAnAddressTwice) {
  LeaseWorld world;
  std::set<Ipv4> given;
  for (uint8_t i = 0; i < 9; ++i) {
    const Ipv4 address = world.Lease(Mac{{2, 0, 0, 0, 0xcc, i}});
    EXPECT_TRUE(given.insert(address).second) << address.ToString();
    EXPECT_NE(address, kEndpoint) << "the address of a served name is nobody's lease";
  }
  const LeaseStep full = world.AskOnQuietNet(OsPacket(kStranger, MessageType::kDiscover));
  EXPECT_FALSE(full.reply.has_value());
  EXPECT_EQ(full.event.reason, "PoolFull");
  EXPECT_EQ(full.event.outcome, Outcome::kFailed);
  EXPECT_EQ(world.server->Pools(world.now)[0].full_since, world.now);
  EXPECT_EQ(world.server->Pools(world.now)[0].bound, 9U);
  EXPECT_EQ(world.server->Pools(world.now)[0].dynamic, 9U);
}

TEST(LeaseServer, GivesAnExpiredAddressAwayOnlyWhenNoFreshOneIsLeft) {
  LeaseWorld world;
  const Ipv4 first = world.Lease(kPhone1);
  world.now += 4000;
  for (uint8_t i = 0; i < 8; ++i) EXPECT_NE(world.Lease(Mac{{2, 0, 0, 0, 0xee, i}}), first);
  EXPECT_EQ(world.Lease(kStranger), first);
}

TEST(LeaseServer, GivesAMachineItsFormerAddressAgain) {
  LeaseWorld world;
  world.Lease(kPhone2);
  const Ipv4 mine = world.Lease(kPhone1);
  world.now += 100'000;
  EXPECT_EQ(world.Lease(kPhone1), mine);
  world.Restart();
  EXPECT_EQ(world.Lease(kPhone1), mine);
}

TEST(LeaseServer, KnowsAMachineByItsMacWhateverItsClientIdentifier) {
  LeaseWorld world;
  const Ipv4 firmware = world.Lease(kPhone1);
  Bytes with_duid = OsPacket(kPhone1, MessageType::kDiscover);
  AddOption(with_duid, kOptClientId, {0xff, 1, 2, 3, 4, 0, 1, 0, 1, 9, 9, 9, 9});
  const LeaseStep offer = world.AskOnQuietNet(with_duid);
  EXPECT_EQ(YourAddress(offer), firmware);
  EXPECT_EQ(OptionIn(offer, kOptClientId), (Bytes{0xff, 1, 2, 3, 4, 0, 1, 0, 1, 9, 9, 9, 9})) << "RFC 6842";
}

TEST(LeaseServer, PrefersTheAddressThatIsAskedForWhereItIsFree) {
  LeaseWorld world;
  Bytes packet = OsPacket(kPhone1, MessageType::kDiscover);
  AddOption(packet, kOptRequestedAddress, AddressBytes(kLast));
  EXPECT_EQ(YourAddress(world.AskOnQuietNet(packet)), kLast);
  EXPECT_EQ(TypeOf(world.Request(kPhone1, kLast)), MessageType::kAck);
  Bytes rival = OsPacket(kPhone2, MessageType::kDiscover);
  AddOption(rival, kOptRequestedAddress, AddressBytes(kLast));
  EXPECT_NE(YourAddress(world.AskOnQuietNet(rival)), kLast);
  Bytes greedy = OsPacket(kStranger, MessageType::kDiscover);
  AddOption(greedy, kOptRequestedAddress, AddressBytes(kFixed));
  EXPECT_NE(YourAddress(world.AskOnQuietNet(greedy)), kFixed) << "a node's address";
}

TEST(LeaseServer, FreesItsOfferWhenAnotherServersIsTaken) {
  LeaseWorld world;
  const Ipv4 offered = YourAddress(world.AskOnQuietNet(OsPacket(kPhone1, MessageType::kDiscover)));
  Bytes other = OsPacket(kPhone1, MessageType::kRequest);
  AddOption(other, kOptServerId, {192, 0, 2, 77});
  AddOption(other, kOptRequestedAddress, AddressBytes(offered));
  const LeaseStep step = world.Ask(other);
  EXPECT_FALSE(step.reply.has_value());
  EXPECT_EQ(step.event.reason, "OtherServer");
  EXPECT_EQ(world.server->table().At(offered), nullptr);
}

TEST(LeaseServer, RefusesARequestForWhatBelongsToAnother) {
  LeaseWorld world;
  const Ipv4 taken = world.Lease(kPhone1);
  const LeaseStep nak = world.Request(kPhone2, taken);
  EXPECT_EQ(TypeOf(nak), MessageType::kNak);
  EXPECT_EQ(nak.event.outcome, Outcome::kRefused);
  EXPECT_EQ(nak.reply->destination, Destination::kBroadcast);
  EXPECT_EQ(LongAt(nak.reply->payload, 16), 0U);
  EXPECT_EQ(LongAt(nak.reply->payload, 20), 0U);
  EXPECT_EQ(OptionIn(nak, kOptLeaseTime), Bytes{});
  EXPECT_EQ(OptionIn(nak, kOptSubnetMask), Bytes{});
  EXPECT_EQ(TypeOf(world.Request(kPhone2, kFixed)), MessageType::kNak);
  EXPECT_EQ(TypeOf(world.Request(kPhone2, kOurs)), MessageType::kNak);
}

TEST(LeaseServer, AcksARebootWithTheAddressItHasAndRefusesThatOfAnotherNetwork) {
  LeaseWorld world;
  const Ipv4 mine = world.Lease(kPhone1);
  EXPECT_EQ(TypeOf(world.Reboot(kPhone1, mine)), MessageType::kAck);
  const LeaseStep wrong = world.Reboot(kPhone1, *Ipv4::Parse("10.9.9.9"));
  EXPECT_EQ(TypeOf(wrong), MessageType::kNak);
  EXPECT_EQ(wrong.event.reason, "WrongNetwork");
  EXPECT_EQ(TypeOf(world.Reboot(kPhone2, kLast)), MessageType::kAck) << "free, and nobody answers for it";
}

TEST(LeaseServer, ExtendsALeaseWithoutAskingTheNetwork) {
  LeaseWorld world;
  const Ipv4 mine = world.Lease(kPhone1);
  world.now += 1800;
  Bytes renew = OsPacket(kPhone1, MessageType::kRequest);
  SetHeader(renew, 12, mine);
  const LeaseStep ack = world.Ask(renew);
  ASSERT_EQ(TypeOf(ack), MessageType::kAck);
  EXPECT_EQ(ack.reply->destination, Destination::kCiaddr);
  EXPECT_EQ(ack.reply->address, mine);
  EXPECT_EQ(ack.records.at(0).until, world.now + 3600);
}

TEST(LeaseServer, AdoptsARenewalThatItsMemoryLost) {
  LeaseWorld world;
  EXPECT_EQ(TypeOf(world.Renew(kPhone1, kLast)), MessageType::kAck);
  EXPECT_EQ(TypeOf(world.Renew(kPhone2, kLast)), MessageType::kNak);
}

TEST(LeaseServer, MovesAMachineToTheAddressThatGitGivesIt) {
  LeaseWorld world;
  world.disk[kLast.value] = {kLast, kAlpha1, BindingState::kBound, world.now + 3600, false, "", ""};
  world.Restart();
  const LeaseStep nak = world.Renew(kAlpha1, kLast);
  EXPECT_EQ(TypeOf(nak), MessageType::kNak);
  EXPECT_EQ(nak.event.reason, "Moved");
  EXPECT_EQ(world.Lease(kAlpha1), kFixed);
}

TEST(LeaseServer, TakesAnAddressFromItsHolderWhenANodeGetsIt) {
  LeaseWorld world;
  world.disk[kFixed.value] = {kFixed, kPhone1, BindingState::kBound, world.now + 3600, false, "", ""};
  world.Restart();
  EXPECT_EQ(TypeOf(world.Renew(kPhone1, kFixed)), MessageType::kNak);
  const Ipv4 meanwhile = world.Lease(kAlpha1);
  EXPECT_TRUE(kFirst <= meanwhile && meanwhile <= kLast) << "until the lease of its holder has ended";
  world.now += 3700;
  EXPECT_EQ(TypeOf(world.Renew(kAlpha1, meanwhile)), MessageType::kNak);
  EXPECT_EQ(world.Lease(kAlpha1), kFixed);
}

TEST(LeaseServer, GivesTheSecondCardOfANodeAnotherAddressWhileTheFirstAnswers) {
  LeaseWorld world;
  ASSERT_EQ(world.Lease(kAlpha1), kFixed);
  const Bytes discover = OsPacket(kAlpha2, MessageType::kDiscover);
  LeaseStep step = world.Ask(discover);
  ASSERT_EQ(step.probe, kFixed);
  EXPECT_FALSE(world.server->NoteProbe(kFixed, kAlpha1, world.now).record.has_value());
  step = world.AskOnQuietNet(discover);
  EXPECT_NE(YourAddress(step), kFixed);
  EXPECT_EQ(TypeOf(step), MessageType::kOffer);
  // The first card went silent, as firmware's does when it tries the next one.
  world.now += 60;
  EXPECT_EQ(world.Lease(kAlpha2), kFixed);
  EXPECT_EQ(world.disk.at(kFixed.value).mac, kAlpha2);
}

TEST(LeaseServer, QuarantinesWhatAClientDeclines) {
  LeaseWorld world;
  const Ipv4 mine = world.Lease(kPhone1);
  Bytes decline = OsPacket(kPhone1, MessageType::kDecline);
  AddOption(decline, kOptServerId, AddressBytes(kOurs));
  AddOption(decline, kOptRequestedAddress, AddressBytes(mine));
  Bytes forged = OsPacket(kPhone2, MessageType::kDecline);
  AddOption(forged, kOptServerId, AddressBytes(kOurs));
  AddOption(forged, kOptRequestedAddress, AddressBytes(mine));
  EXPECT_EQ(world.Ask(forged).event.reason, "NotItsAddress");
  const LeaseStep step = world.Ask(decline);
  EXPECT_FALSE(step.reply.has_value());
  EXPECT_EQ(step.event.reason, "Declined");
  EXPECT_EQ(step.event.outcome, Outcome::kFailed);
  EXPECT_EQ(step.records.at(0).state, BindingState::kConflict);
  world.Restart();
  std::set<Ipv4> given;
  for (uint8_t i = 0; i < 8; ++i) given.insert(world.Lease(Mac{{2, 0, 0, 0, 0xee, i}}));
  EXPECT_EQ(given.size(), 8U);
  EXPECT_FALSE(given.contains(mine));
  EXPECT_FALSE(given.contains(Ipv4{}));
  world.now += LeaseServer::kConflictSeconds;
  EXPECT_EQ(world.Lease(kStranger), mine);
}

TEST(LeaseServer, FreesWhatIsReleasedAndRemembersWhoHadIt) {
  LeaseWorld world;
  const Ipv4 mine = world.Lease(kPhone1);
  Bytes release = OsPacket(kPhone1, MessageType::kRelease);
  SetHeader(release, 12, mine);
  Bytes forged = OsPacket(kPhone2, MessageType::kRelease);
  SetHeader(forged, 12, mine);
  EXPECT_EQ(world.Ask(forged).event.reason, "NotItsAddress");
  const LeaseStep step = world.Ask(release);
  EXPECT_FALSE(step.reply.has_value());
  EXPECT_EQ(step.event.reason, "Released");
  EXPECT_EQ(step.records.at(0).state, BindingState::kReleased);
  EXPECT_EQ(world.Lease(kPhone1), mine);
}

TEST(LeaseServer, InformsWithoutALease) {
  LeaseWorld world;
  Bytes inform = OsPacket(kPhone1, MessageType::kInform);
  SetHeader(inform, 12, *Ipv4::Parse("192.0.2.200"));
  const LeaseStep step = world.Ask(inform);
  ASSERT_EQ(TypeOf(step), MessageType::kAck);
  EXPECT_EQ(YourAddress(step), Ipv4{});
  EXPECT_EQ(step.reply->destination, Destination::kCiaddr);
  for (uint8_t code : {kOptLeaseTime, kOptRenewalTime, kOptRebindingTime}) {
    EXPECT_EQ(OptionIn(step, code), Bytes{});
  }
  EXPECT_EQ(OptionIn(step, kOptRouters), (Bytes{192, 0, 2, 1}));
  EXPECT_TRUE(step.records.empty());
}

TEST(LeaseServer, AnswersBootpByFixedAddressOnly) {
  LeaseWorld world;
  EXPECT_FALSE(world.Ask(OsPacket(kPhone1, MessageType::kBootp)).reply.has_value());
  const LeaseStep step = world.Ask(OsPacket(kAlpha1, MessageType::kBootp));
  EXPECT_EQ(YourAddress(step), kFixed);
  EXPECT_EQ(OptionIn(step, kOptMessageType), Bytes{});
  EXPECT_EQ(OptionIn(step, kOptServerId), Bytes{});
  EXPECT_EQ(OptionIn(step, kOptLeaseTime), Bytes{});
}

TEST(LeaseServer, IsSilentInSubnetsThatTheSiteDoesNotName) {
  LeaseWorld world;
  world.local.address = *Ipv4::Parse("10.1.1.1");
  EXPECT_EQ(world.Ask(OsPacket(kPhone1, MessageType::kDiscover)).event.reason, "NoSubnet");
  world.local.address = *Ipv4::Parse("203.0.113.1");
  EXPECT_EQ(world.Ask(OsPacket(kPhone1, MessageType::kDiscover)).event.reason, "NoRange");
}

}  // namespace
}  // namespace slipway::dhcp
