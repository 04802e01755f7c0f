#include <gtest/gtest.h>

#include "tests/bootnet/dhcp/lease_world.h"

/// Addresses in the world: conflicts, relays, options, boot files, floods.
namespace slipway::dhcp {
namespace {

using namespace slipway::testing;

TEST(LeaseConflicts, OffersTheNextAddressWhenSomebodyAnswersForTheFirst) {
  LeaseWorld world;
  const Bytes discover = OsPacket(kPhone1, MessageType::kDiscover);
  LeaseStep step = world.Ask(discover);
  ASSERT_TRUE(step.probe.has_value());
  const Ipv4 squatted = *step.probe;
  const auto news = world.server->NoteProbe(squatted, kSquatter, world.now);
  ASSERT_TRUE(news.event.has_value());
  EXPECT_EQ(news.event->reason, "AddressInUse");
  EXPECT_EQ(news.event->mac, kSquatter);
  EXPECT_EQ(news.record->state, BindingState::kConflict);
  step = world.AskOnQuietNet(discover);
  EXPECT_NE(YourAddress(step), squatted);
  EXPECT_EQ(TypeOf(step), MessageType::kOffer);
}

TEST(LeaseConflicts, CountsAnAnswerOfTheClientItselfAsNone) {
  LeaseWorld world;
  const Bytes discover = OsPacket(kPhone1, MessageType::kDiscover);
  const LeaseStep step = world.Ask(discover);
  ASSERT_TRUE(step.probe.has_value());
  EXPECT_FALSE(world.server->NoteProbe(*step.probe, kPhone1, world.now).event.has_value());
  EXPECT_EQ(YourAddress(world.Ask(discover)), *step.probe);
}

TEST(LeaseConflicts, GivesANodeWhoseAddressIsSquattedAnother) {
  LeaseWorld world;
  const Bytes discover = OsPacket(kAlpha1, MessageType::kDiscover);
  const LeaseStep step = world.Ask(discover);
  ASSERT_EQ(step.probe, kFixed);
  EXPECT_TRUE(world.server->NoteProbe(kFixed, kSquatter, world.now).event.has_value());
  const Ipv4 other = YourAddress(world.AskOnQuietNet(discover));
  EXPECT_TRUE(kFirst <= other && other <= kLast);
}

TEST(LeaseConflicts, TwoMachinesAreNeverProbedForTheSameAddress) {
  LeaseWorld world;
  const LeaseStep one = world.Ask(OsPacket(kPhone1, MessageType::kDiscover));
  const LeaseStep two = world.Ask(OsPacket(kPhone2, MessageType::kDiscover));
  ASSERT_TRUE(one.probe && two.probe);
  EXPECT_NE(*one.probe, *two.probe);
}

TEST(LeaseConflicts, OffersAtOnceWhatWasProbedAhead) {
  LeaseWorld world;
  const std::vector<Ipv4> wanted = world.server->WantedReady(kOurs, world.now);
  ASSERT_EQ(wanted.size(), Allocator::kReady);
  for (const Ipv4 address : wanted) world.server->NoteProbe(address, std::nullopt, world.now);
  EXPECT_TRUE(world.server->WantedReady(kOurs, world.now).empty());
  const LeaseStep offer = world.Ask(OsPacket(kPhone1, MessageType::kDiscover));
  EXPECT_EQ(TypeOf(offer), MessageType::kOffer);
  EXPECT_EQ(YourAddress(offer), wanted.front());
  world.now += Allocator::kReadySeconds;
  EXPECT_TRUE(world.Ask(OsPacket(kPhone2, MessageType::kDiscover)).probe.has_value()) << "too long ago";
}

TEST(LeaseConflicts, AsksNobodyWhereProbingIsOff) {
  LeaseSettings settings;
  settings.probing = LeaseSettings::Probing::kOff;
  LeaseWorld world(settings);
  EXPECT_EQ(TypeOf(world.Ask(OsPacket(kPhone1, MessageType::kDiscover))), MessageType::kOffer);
  ASSERT_EQ(world.Lease(kAlpha1), kFixed);
  EXPECT_NE(world.Lease(kAlpha2), kFixed) << "nobody can say whether the first card still uses it";
}

Bytes Relayed(const Mac& mac, MessageType type, const Bytes& area) {
  Bytes packet = OsPacket(mac, type);
  SetHeader(packet, 24, kRelay);
  if (!area.empty()) AddOption(packet, kOptRelayAgent, area);
  return packet;
}

TEST(LeaseRelays, TakeTheSubnetOfTheRelay) {
  LeaseWorld world;
  const LeaseStep offer = world.AskOnQuietNet(Relayed(kPhone1, MessageType::kDiscover, {1, 2, 'p', '7'}));
  EXPECT_EQ(YourAddress(offer), *Ipv4::Parse("198.51.100.100"));
  EXPECT_EQ(offer.reply->destination, Destination::kRelay);
  EXPECT_EQ(offer.reply->address, kRelay);
  EXPECT_EQ(OptionIn(offer, kOptRelayAgent), (Bytes{1, 2, 'p', '7'}));
  EXPECT_EQ(OptionOf(offer.reply->payload, kOptRelayAgent).place, OptionCount(offer.reply->payload) - 1);
}

TEST(LeaseRelays, LinkSelectionComesBeforeSubnetSelectionAndBothBeforeTheRelaysAddress) {
  LeaseWorld world;
  Bytes packet = Relayed(kPhone1, MessageType::kDiscover, {5, 4, 192, 0, 2, 0});
  AddOption(packet, kOptSubnetSelection, {203, 0, 113, 0});
  EXPECT_EQ(YourAddress(world.AskOnQuietNet(packet)).value >> 8U, kOurs.value >> 8U);
  Bytes selected = Relayed(kPhone2, MessageType::kDiscover, {});
  AddOption(selected, kOptSubnetSelection, {192, 0, 2, 0});
  EXPECT_EQ(YourAddress(world.AskOnQuietNet(selected)).value >> 8U, kOurs.value >> 8U);
}

TEST(LeaseRelays, PutTheirServerIdentifierInPlaceOfOurs) {
  LeaseWorld world;
  const Bytes area{11, 4, 198, 51, 100, 1};
  const LeaseStep offer = world.AskOnQuietNet(Relayed(kPhone1, MessageType::kDiscover, area));
  EXPECT_EQ(OptionIn(offer, kOptServerId), AddressBytes(kRelay)) << "RFC 5107";
  EXPECT_EQ(LongAt(offer.reply->payload, 20), kOurs.value) << "boot files still come from us";
  Bytes request = Relayed(kPhone1, MessageType::kRequest, area);
  AddOption(request, kOptServerId, AddressBytes(kRelay));
  AddOption(request, kOptRequestedAddress, AddressBytes(YourAddress(offer)));
  EXPECT_EQ(TypeOf(world.AskOnQuietNet(request)), MessageType::kAck);
}

TEST(LeaseRelays, AreNotBelievedWithoutARelay) {
  LeaseWorld world;
  Bytes packet = OsPacket(kPhone1, MessageType::kDiscover);
  AddOption(packet, kOptRelayAgent, {5, 4, 198, 51, 100, 0, 11, 4, 198, 51, 100, 1});
  const LeaseStep offer = world.AskOnQuietNet(packet);
  EXPECT_EQ(YourAddress(offer).value >> 8U, kOurs.value >> 8U);
  EXPECT_EQ(OptionIn(offer, kOptServerId), AddressBytes(kOurs));
}

TEST(LeaseRelays, ARenewalByUnicastIsOfTheSubnetOfItsAddress) {
  LeaseWorld world;
  const LeaseStep offer = world.AskOnQuietNet(Relayed(kPhone1, MessageType::kDiscover, {}));
  Bytes request = Relayed(kPhone1, MessageType::kRequest, {});
  AddOption(request, kOptServerId, AddressBytes(kOurs));
  AddOption(request, kOptRequestedAddress, AddressBytes(YourAddress(offer)));
  ASSERT_EQ(TypeOf(world.AskOnQuietNet(request)), MessageType::kAck);
  EXPECT_EQ(TypeOf(world.Renew(kPhone1, YourAddress(offer))), MessageType::kAck);
}

TEST(LeaseRelays, ANakToOneGoesOutByBroadcast) {
  LeaseWorld world;
  Bytes packet = Relayed(kPhone1, MessageType::kRequest, {1, 1, 'x'});
  AddOption(packet, kOptRequestedAddress, {10, 1, 2, 3});
  const LeaseStep nak = world.AskOnQuietNet(packet);
  ASSERT_EQ(TypeOf(nak), MessageType::kNak);
  EXPECT_EQ(nak.reply->payload[10] & 0x80, 0x80);
  EXPECT_EQ(nak.reply->destination, Destination::kRelay);
  EXPECT_EQ(OptionIn(nak, kOptRelayAgent), (Bytes{1, 1, 'x'}));
}

TEST(LeaseOptions, TellWhatTheSubnetHas) {
  LeaseWorld world;
  Bytes packet = OsPacket(kAlpha1, MessageType::kDiscover);
  AddOption(packet, kOptParameterList, {1, 3, 6, 12, 15, 26, 28, 42, 121});
  const LeaseStep offer = world.AskOnQuietNet(packet);
  EXPECT_EQ(OptionIn(offer, kOptSubnetMask), (Bytes{255, 255, 255, 0}));
  EXPECT_EQ(OptionIn(offer, kOptRouters), (Bytes{192, 0, 2, 1}));
  EXPECT_EQ(OptionIn(offer, kOptNameServers), (Bytes{192, 0, 2, 1, 192, 0, 2, 2}));
  EXPECT_EQ(OptionIn(offer, kOptHostName), ToBytes("alpha"));
  EXPECT_EQ(OptionIn(offer, kOptDomainName), ToBytes("example.org"));
  EXPECT_EQ(OptionIn(offer, kOptMtu), (Bytes{0x23, 0x28}));
  EXPECT_EQ(OptionIn(offer, kOptBroadcast), (Bytes{192, 0, 2, 255}));
  EXPECT_EQ(OptionIn(offer, kOptNtpServers), (Bytes{192, 0, 2, 3}));
  EXPECT_EQ(OptionIn(offer, kOptClasslessRoutes), (Bytes{0, 192, 0, 2, 1, 14, 10, 20, 192, 0, 2, 4}));
  EXPECT_EQ(OptionIn(offer, kOptLeaseTime), (Bytes{0, 0, 0x0e, 0x10}));
}

TEST(LeaseOptions, GiveNothingThatAListDoesNotName) {
  LeaseWorld world;
  Bytes packet = OsPacket(kPhone1, MessageType::kDiscover);
  AddOption(packet, kOptParameterList, {1, 3});
  const LeaseStep offer = world.AskOnQuietNet(packet);
  EXPECT_NE(OptionIn(offer, kOptRouters), Bytes{});
  for (uint8_t code : {kOptNameServers, kOptDomainName, kOptMtu, kOptClasslessRoutes}) {
    EXPECT_EQ(OptionIn(offer, code), Bytes{}) << int{code};
  }
}

TEST(LeaseOptions, RenewalComesBeforeRebindingBeforeTheEnd) {
  LeaseWorld world;
  for (uint8_t i = 0; i < 50; ++i) {
    Packet packet;
    ASSERT_TRUE(Parse(Ended(OsPacket(Mac{{2, 0, 0, 0, 0, i}}, MessageType::kDiscover)), packet).has_value());
    const LeaseTerms terms = TermsFor(packet, world.server->plan().subnets()[0]);
    EXPECT_EQ(terms.lease, 3600U);
    EXPECT_TRUE(1500 < terms.renewal && terms.renewal <= 1800) << terms.renewal;
    EXPECT_TRUE(terms.renewal < terms.rebinding && terms.rebinding <= 3150) << terms.rebinding;
  }
}

TEST(LeaseBoot, UefiGetsItsFileWithoutOption60) {
  LeaseWorld world;
  const LeaseStep offer = world.AskOnQuietNet(FirmwarePacket(kBeta, MessageType::kDiscover, 7));
  ASSERT_TRUE(offer.reply.has_value());
  EXPECT_EQ(FileOf(offer.reply->payload), "snponly.efi");
  EXPECT_EQ(OptionIn(offer, kOptVendorClass), Bytes{}) << "60 without 43 sends UEFI to a boot server";
  EXPECT_EQ(LongAt(offer.reply->payload, 20), kOurs.value);
  EXPECT_EQ(offer.event.reason, "Approved");
  EXPECT_EQ(offer.event.answer, "OFFER " + YourAddress(offer).ToString() + " snponly.efi");
}

TEST(LeaseBoot, ABiosGetsOption60With43) {
  LeaseWorld world;
  const LeaseStep offer = world.AskOnQuietNet(FirmwarePacket(kBeta, MessageType::kDiscover, 0));
  EXPECT_EQ(OptionIn(offer, kOptVendorClass), ToBytes("PXEClient"));
  EXPECT_EQ(OptionIn(offer, kOptVendorSpecific), (Bytes{6, 1, 8, 255}));
  EXPECT_EQ(FileOf(offer.reply->payload), "undionly.kpxe");
}

TEST(LeaseBoot, IpxeGetsTheScriptAndNeedNotWaitForAProxy) {
  LeaseWorld world;
  Bytes packet = FirmwarePacket(kBeta, MessageType::kDiscover, 7);
  AddOption(packet, kOptUserClass, ToBytes("iPXE"));
  const LeaseStep offer = world.AskOnQuietNet(packet);
  EXPECT_EQ(FileOf(offer.reply->payload), "http://192.0.2.10:8080/boot.ipxe");
  EXPECT_EQ(OptionIn(offer, kOptIpxe), (Bytes{0xb0, 1, 1}));
}

TEST(LeaseBoot, HttpBootGetsItsUrl) {
  LeaseWorld world;
  const LeaseStep offer =
      world.AskOnQuietNet(FirmwarePacket(kBeta, MessageType::kDiscover, 16, "HTTPClient:Arch:00016"));
  EXPECT_EQ(OptionIn(offer, kOptVendorClass), ToBytes("HTTPClient"));
  EXPECT_EQ(OptionIn(offer, kOptBootFileName), ToBytes("http://192.0.2.10:8080/ipxe/snponly.efi"));
}

TEST(LeaseBoot, WhoIsNotApprovedOrBlockedGetsAnAddressAndNothingToBoot) {
  LeaseWorld world;
  const auto expect_bare = [&](const Mac& mac, const char* reason) {
    const LeaseStep offer = world.AskOnQuietNet(FirmwarePacket(mac, MessageType::kDiscover, 7));
    EXPECT_FALSE(YourAddress(offer).IsUnspecified());
    EXPECT_EQ(FileOf(offer.reply->payload), "");
    EXPECT_EQ(OptionIn(offer, kOptBootFileName), Bytes{});
    EXPECT_EQ(offer.event.reason, reason);
  };
  expect_bare(kStranger, "UnknownMachine");
  world.snapshot.ledger = std::make_shared<const Ledger>(Ledger{{kBeta}});
  expect_bare(kBeta, "Blocked");
  const LeaseStep arm = world.AskOnQuietNet(FirmwarePacket(kAlpha1, MessageType::kDiscover, 11));
  EXPECT_EQ(arm.event.reason, "NoBootFile");
  EXPECT_EQ(YourAddress(arm), kFixed);
}

TEST(LeaseBoot, UBootOutsideAPxeBootGetsAnAddressAndANextServer) {
  LeaseWorld world;
  const LeaseStep offer =
      world.AskOnQuietNet(FirmwarePacket(kBeta, MessageType::kDiscover, 22, "U-Boot.armv8"));
  EXPECT_EQ(FileOf(offer.reply->payload), "");
  EXPECT_EQ(LongAt(offer.reply->payload, 20), kOurs.value);
}

TEST(LeaseReplies, ReachAClientWithoutAnAddressAsItAsks) {
  LeaseWorld world;
  LeaseStep offer = world.AskOnQuietNet(OsPacket(kPhone1, MessageType::kDiscover));
  EXPECT_EQ(offer.reply->destination, Destination::kYiaddr);
  EXPECT_EQ(offer.reply->mac, kPhone1);
  EXPECT_EQ(offer.reply->address, YourAddress(offer));
  Bytes flagged = OsPacket(kPhone2, MessageType::kDiscover);
  flagged[10] = 0x80;
  offer = world.AskOnQuietNet(flagged);
  EXPECT_EQ(offer.reply->destination, Destination::kBroadcast);
}

TEST(LeaseFloods, OfNewMachinesAreCappedAndKnownOnesAreNot) {
  LeaseSettings settings;
  settings.probing = LeaseSettings::Probing::kOff;
  settings.newcomers = {1, 3};
  LeaseWorld world(settings);
  for (uint8_t i = 0; i < 3; ++i) EXPECT_FALSE(world.Lease(Mac{{2, 0, 0, 0, 0xee, i}}).IsUnspecified());
  EXPECT_EQ(world.Ask(OsPacket(kPhone1, MessageType::kDiscover)).event.reason, "TooManyNewMachines");
  EXPECT_FALSE(world.Lease(Mac{{2, 0, 0, 0, 0xee, 1}}).IsUnspecified());
  EXPECT_EQ(world.Lease(kAlpha1), kFixed);
  world.now += 1;
  EXPECT_FALSE(world.Lease(kPhone1).IsUnspecified());
}

/// Ten addresses behind the relay, and machines behind its ports.
struct Ports {
  static LeaseSettings Settings() {
    LeaseSettings settings;
    settings.probing = LeaseSettings::Probing::kOff;
    return settings;
  }
  static Manifest Site() {
    Manifest manifest = LeaseManifest();
    manifest.subnets[1].ranges = {{*Ipv4::Parse("198.51.100.100"), *Ipv4::Parse("198.51.100.109")}};
    return manifest;
  }
  std::string Discover(uint8_t port, uint8_t machine) {
    const Mac mac{{2, 0, 0, 0, port, machine}};
    const Bytes area = port == 0 ? Bytes{} : Bytes{1, 2, 'p', port};
    return world.Ask(Relayed(mac, MessageType::kDiscover, area)).event.reason;
  }
  int OffersOf(uint8_t port, uint8_t machines) {
    int offers = 0;
    for (uint8_t i = 0; i < machines; ++i) offers += Discover(port, i) == "Offered" ? 1 : 0;
    return offers;
  }
  LeaseWorld world{Settings(), Site()};
};

TEST(LeaseCircuits, OnePortOfARelayLeavesAsManyAddressesAsItHas) {
  Ports ports;
  ASSERT_EQ(ports.Discover(2, 0), "Offered");
  EXPECT_EQ(ports.OffersOf(1, 20), 5);
  EXPECT_EQ(ports.Discover(1, 19), "CircuitFull");
  EXPECT_EQ(ports.Discover(1, 0), "Offered") << "a machine that has one keeps it";
  EXPECT_EQ(ports.Discover(2, 1), "Offered");
  EXPECT_EQ(ports.OffersOf(3, 20), 2);
  EXPECT_EQ(ports.world.server->Pools(ports.world.now)[1].circuit_full, 34U);
  ports.world.now += LeaseServer::kOfferSeconds;
  EXPECT_EQ(ports.OffersOf(4, 20), 5) << "what nobody took is free again";
}

TEST(LeaseCircuits, ARequestWithoutAnOfferIsNoWayRound) {
  Ports ports;
  ASSERT_EQ(ports.Discover(2, 0), "Offered");
  ASSERT_EQ(ports.OffersOf(1, 5), 5);
  Bytes request = Relayed(Mac{{2, 0, 0, 0, 1, 99}}, MessageType::kRequest, {1, 2, 'p', 1});
  AddOption(request, kOptRequestedAddress, AddressBytes(*Ipv4::Parse("198.51.100.109")));
  EXPECT_EQ(ports.world.Ask(request).event.reason, "CircuitFull");
  EXPECT_FALSE(ports.world.Ask(request).reply.has_value());
}

TEST(LeaseCircuits, ARenewalPastTheRelayKeepsItsPort) {
  Ports ports;
  ASSERT_EQ(ports.Discover(2, 0), "Offered");
  ASSERT_EQ(ports.OffersOf(1, 5), 5);
  for (uint8_t i = 0; i < 5; ++i) {
    const Mac mac{{2, 0, 0, 0, 1, i}};
    const Ipv4 address = ports.world.server->table().AddressesOf(mac)[0];
    ports.world.local.arrival = Arrival::kUnicast;
    ASSERT_EQ(ports.world.Renew(mac, address).event.reason, "Leased");
  }
  ports.world.local.arrival = Arrival::kBroadcast;
  ports.world.now += LeaseServer::kOfferSeconds;
  ASSERT_EQ(ports.Discover(2, 1), "Offered");
  EXPECT_EQ(ports.Discover(1, 50), "CircuitFull") << "five of ten, and four are free";
}

TEST(LeaseCircuits, ARelayThatTellsNoPortsApartMayFillTheRange) {
  Ports same_port;
  EXPECT_EQ(same_port.OffersOf(1, 20), 10);
  EXPECT_EQ(same_port.Discover(1, 19), "PoolFull");
  Ports no_words;
  EXPECT_EQ(no_words.OffersOf(0, 20), 10);
}

TEST(LeaseFloods, FillNoMoreThanABoundedTable) {
  Manifest manifest = LeaseManifest();
  manifest.subnets[0].cidr = *Ipv4Prefix::Parse("10.0.0.0/8");
  manifest.subnets[0].ranges = {
      {{0x0a000001}, {0x0a000001}}, {{0x0a010000}, {0x0aff0000}}, {{0x0aff0001}, {0x0aff0009}}};
  const AddressPlan plan(manifest, {});
  EXPECT_EQ(plan.DynamicCount(plan.subnets()[0]), AddressPlan::kMostDynamic);
  EXPECT_TRUE(plan.IsDynamic({0x0a000001}));
  EXPECT_TRUE(plan.IsDynamic({static_cast<uint32_t>(0x0a010000 + AddressPlan::kMostDynamic - 2)}));
  EXPECT_FALSE(plan.IsDynamic({static_cast<uint32_t>(0x0a010000 + AddressPlan::kMostDynamic - 1)}));
  EXPECT_FALSE(plan.IsDynamic({0x0aff0001}));
}

TEST(LeaseFloods, ForgedAddressesGetNoAnswer) {
  LeaseWorld world;
  for (const char* forged : {"224.0.0.1", "255.255.255.255", "127.0.0.1", "240.0.0.1"}) {
    Bytes relayed = OsPacket(kPhone1, MessageType::kDiscover);
    SetHeader(relayed, 24, *Ipv4::Parse(forged));
    EXPECT_EQ(world.Ask(relayed).event.reason, "ForgedAddress") << forged;
    Bytes inform = OsPacket(kPhone1, MessageType::kInform);
    SetHeader(inform, 12, *Ipv4::Parse(forged));
    EXPECT_FALSE(world.Ask(inform).reply.has_value()) << forged;
  }
}

TEST(LeaseScope, AutoServesOnlySubnetsWithARangeAndIsAProxyForTheRest) {
  LeaseWorld world;
  world.scope = Scope::kOwnRanges;
  EXPECT_FALSE(world.Lease(kPhone1).IsUnspecified());
  Bytes relayed = FirmwarePacket(kBeta, MessageType::kDiscover, 7);
  SetHeader(relayed, 24, kRelay);
  const LeaseStep offer = world.Ask(relayed);
  ASSERT_TRUE(offer.reply.has_value());
  EXPECT_EQ(YourAddress(offer), Ipv4{}) << "a proxy's offer";
  EXPECT_FALSE(world.Ask(Relayed(kPhone1, MessageType::kDiscover, {})).reply.has_value());
}

}  // namespace
}  // namespace slipway::dhcp
