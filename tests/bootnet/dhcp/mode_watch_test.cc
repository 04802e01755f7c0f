#include "bootnet/dhcp/mode_watch.h"

#include <gtest/gtest.h>

#include "bootnet/dhcp/foreign.h"
#include "tests/bootnet/dhcp/packets.h"

namespace slipway::dhcp {
namespace {

using namespace slipway::testing;

constexpr int64_t kNow = 1'700'000'000;
constexpr int64_t kHour = 3600;

ForeignServer AddressServer(int64_t seen) {
  ForeignServer server;
  server.id = {0x0a000001};
  server.mac = Mac{{2, 0, 0, 0, 0, 1}};
  server.gives_addresses = true;
  server.last_seen = seen;
  return server;
}

constexpr Ipv4 kOwn{0x0a000005};
constexpr Ipv4 kLower{0x0a000004};
constexpr Ipv4 kHigher{0x0a000006};
using Stand = AutoPeer::Stand;

/// A watch that has listened long enough at kNow + kHour, and has made its claim.
ModeWatch Serving() {
  ModeWatch watch(kHour, kNow, std::nullopt);
  watch.NoteProbed(kNow + kHour);
  EXPECT_EQ(watch.AutoRole(kNow + kHour), Role::kServer);
  return watch;
}

TEST(ModeWatch, BecomesAServerOnlyAfterAnHourOfSilenceAndAClaim) {
  ModeWatch watch(kHour, kNow, std::nullopt);
  EXPECT_EQ(watch.Stand(kNow + kHour - 1), Stand::kListening);
  watch.NoteProbed(kNow + kHour - 1);
  EXPECT_EQ(watch.Stand(kNow + kHour), Stand::kClaiming) << "that was asked too early to be a claim";
  EXPECT_EQ(watch.AutoRole(kNow + kHour), Role::kProxy);
  watch.NoteProbed(kNow + kHour);
  EXPECT_EQ(watch.Stand(kNow + kHour + 4), Stand::kServing);
  EXPECT_EQ(watch.AutoRole(kNow + kHour + 4), Role::kServer);
}

TEST(ModeWatch, AsksEveryMinuteAndWhenItIsTimeForItsClaim) {
  ModeWatch watch(kHour, kNow, std::nullopt);
  EXPECT_EQ(watch.ProbeAfter(kNow), kNow + 60);
  EXPECT_EQ(watch.ProbeAfter(kNow + kHour - 20), kNow + kHour);
  EXPECT_EQ(watch.ProbeAfter(kNow + kHour + 2), kNow + kHour + 2) << "at once";
  watch.Note(AddressServer(kNow + kHour + 2));
  EXPECT_EQ(watch.ProbeAfter(kNow + kHour + 3), kNow + kHour + 303);
}

TEST(ModeWatch, IsAProxyAgainAtOnceWhenAnotherServerShowsUp) {
  ModeWatch watch = Serving();
  EXPECT_EQ(watch.Note(AddressServer(kNow + kHour + 5)), ModeWatch::News::kNew);
  EXPECT_EQ(watch.AutoRole(kNow + kHour + 5), Role::kProxy);
  EXPECT_EQ(watch.Reason(kNow + kHour + 5), "10.0.0.1 gives addresses");
  EXPECT_EQ(watch.Stand(kNow + 2 * kHour + 4), Stand::kListening);
  EXPECT_EQ(watch.Stand(kNow + 2 * kHour + 5), Stand::kClaiming);
  watch.NoteProbed(kNow + 2 * kHour + 5);
  EXPECT_EQ(watch.AutoRole(kNow + 2 * kHour + 9), Role::kServer);
}

TEST(ModeWatch, DoesNotGiveWayToAProxy) {
  ModeWatch watch = Serving();
  ForeignServer proxy = AddressServer(kNow + kHour);
  proxy.gives_addresses = false;
  watch.Note(proxy);
  EXPECT_EQ(watch.AutoRole(kNow + kHour), Role::kServer);
}

TEST(ModeWatch, AmongDaemonsInAutoWhoServesGoesOnAndThenTheLowerAddress) {
  struct Row {
    Stand own;
    Ipv4 address;
    Stand peer;
    bool gives_way;
  };
  const std::vector<Row> rows = {
      {Stand::kServing, kLower, Stand::kServing, true},
      {Stand::kServing, kHigher, Stand::kServing, false},
      {Stand::kServing, kLower, Stand::kClaiming, false},
      {Stand::kServing, kLower, Stand::kListening, false},
      {Stand::kClaiming, kLower, Stand::kServing, true},
      {Stand::kClaiming, kHigher, Stand::kServing, true},
      {Stand::kClaiming, kLower, Stand::kClaiming, true},
      {Stand::kClaiming, kHigher, Stand::kClaiming, false},
      {Stand::kClaiming, kLower, Stand::kListening, false},
  };
  const int64_t now = kNow + kHour + 5;
  for (const Row& row : rows) {
    ModeWatch watch(kHour, kNow, std::nullopt);
    if (row.own == Stand::kServing) watch.NoteProbed(kNow + kHour);
    ASSERT_EQ(watch.Stand(now), row.own);
    watch.NotePeer({row.address, row.peer}, kOwn, now);
    EXPECT_EQ(watch.Stand(now), row.gives_way ? Stand::kListening : row.own)
        << static_cast<int>(row.own) << " " << row.address.ToString() << " " << static_cast<int>(row.peer);
    const bool says_so = watch.Reason(now) == row.address.ToString() + " gives addresses";
    EXPECT_EQ(says_so, row.gives_way);
  }
}

TEST(ModeWatch, WhoListensWaitsForAnotherDaemonThatServes) {
  ModeWatch watch(kHour, kNow, std::nullopt);
  watch.NotePeer({kHigher, Stand::kServing}, kOwn, kNow + kHour - 1);
  EXPECT_EQ(watch.Stand(kNow + 2 * kHour - 2), Stand::kListening);
  EXPECT_EQ(watch.Stand(kNow + 2 * kHour - 1), Stand::kClaiming);
}

TEST(ModeWatch, AClaimMadeInTheSameSecondsIsDecidedByTheAddress) {
  ModeWatch lower(kHour, kNow, std::nullopt);
  ModeWatch higher(kHour, kNow, std::nullopt);
  const int64_t claim = kNow + kHour;
  ASSERT_EQ(lower.Stand(claim), Stand::kClaiming);
  ASSERT_EQ(higher.Stand(claim), Stand::kClaiming);
  higher.NotePeer({kLower, Stand::kClaiming}, kHigher, claim);
  lower.NotePeer({kHigher, Stand::kClaiming}, kLower, claim);
  higher.NoteProbed(claim);
  lower.NoteProbed(claim);
  EXPECT_EQ(lower.AutoRole(claim + 4), Role::kServer);
  EXPECT_EQ(higher.AutoRole(claim + 4), Role::kProxy);
}

TEST(ModeWatch, AfterBothGaveWayTheyClaimAgainSoon) {
  ModeWatch watch = Serving();
  ForeignServer peer = AddressServer(kNow + kHour + 5);
  peer.id = kHigher;
  watch.Note(peer);  // its offer to some machine, before either knew what the other is
  ASSERT_EQ(watch.AutoRole(kNow + kHour + 6), Role::kProxy);
  watch.NotePeer({kHigher, Stand::kListening}, kOwn, kNow + kHour + 20);
  EXPECT_EQ(watch.Stand(kNow + kHour + 20), Stand::kClaiming) << "not without a new claim";
  watch.NoteProbed(kNow + kHour + 20);
  EXPECT_EQ(watch.AutoRole(kNow + kHour + 24), Role::kServer);
}

TEST(ModeWatch, GoesOnAfterAShortAbsenceAndBeginsAnewAfterALongOne) {
  const WatchMemory memory{kNow - 5 * kHour, kNow - 60};
  ModeWatch soon(kHour, kNow, memory);
  soon.NoteProbed(kNow);
  EXPECT_EQ(soon.AutoRole(kNow), Role::kServer);
  ModeWatch late(kHour, kNow + 2 * kHour, memory);
  late.NoteProbed(kNow + 2 * kHour);
  EXPECT_EQ(late.AutoRole(kNow + 2 * kHour), Role::kProxy);
  ModeWatch clock_went_back(kHour, kNow - 10 * kHour, memory);
  clock_went_back.NoteProbed(kNow - 10 * kHour);
  EXPECT_EQ(clock_went_back.AutoRole(kNow - 10 * kHour), Role::kProxy);
}

TEST(ModeWatch, RemembersABoundedNumberOfServers) {
  ModeWatch watch(kHour, kNow, std::nullopt);
  for (uint32_t i = 0; i < 1000; ++i) {
    ForeignServer server = AddressServer(kNow + i);
    server.id = {i + 1};
    watch.Note(server);
  }
  EXPECT_EQ(watch.servers().size(), ModeWatch::kMostServers);
  EXPECT_EQ(watch.servers().front().id.value, 1000U);
}

TEST(ModeWatch, AClientsWordAndTheServersOwnAreOneServer) {
  ModeWatch watch(kHour, kNow, std::nullopt);
  EXPECT_EQ(watch.Note(ServerOfRequest({0x0a000001}, kNow)), ModeWatch::News::kNew);
  watch.Note(AddressServer(kNow + 1));
  ASSERT_EQ(watch.servers().size(), 1U);
  EXPECT_FALSE(watch.servers()[0].mac.IsZero());
}

Bytes ServerPacket(MessageType type, const Bytes& yiaddr) {
  Bytes packet = BareRequest(Mac{{2, 0, 0, 0, 0, 9}});
  packet[0] = 2;
  std::copy(yiaddr.begin(), yiaddr.end(), packet.begin() + 16);
  AddOption(packet, kOptMessageType, {static_cast<uint8_t>(type)});
  AddOption(packet, kOptServerId, {10, 0, 0, 1});
  return packet;
}

std::optional<ForeignServer> Read(const Bytes& packet) {
  const Bytes payload = Ended(packet);
  return ReadForeignServer(
      {Mac{{2, 0, 0, 0, 0, 1}}, kBroadcastMac, {0x0a000001}, {0xffffffff}, 67, 68, payload}, kNow);
}

TEST(ForeignServer, IsReadFromItsOffer) {
  Bytes offer = ServerPacket(MessageType::kOffer, {10, 0, 0, 50});
  const std::string_view file = "pxelinux.0";
  std::copy(file.begin(), file.end(), offer.begin() + 108);
  const auto server = Read(offer);
  ASSERT_TRUE(server.has_value());
  EXPECT_TRUE(server->gives_addresses);
  EXPECT_EQ(server->boot_file, "pxelinux.0");
  EXPECT_FALSE(server->breaks_uefi);
  EXPECT_FALSE(Read(ServerPacket(MessageType::kOffer, {0, 0, 0, 0}))->gives_addresses) << "a proxy";
  EXPECT_TRUE(Read(ServerPacket(MessageType::kNak, {0, 0, 0, 0}))->gives_addresses);
  EXPECT_FALSE(Read(ServerPacket(MessageType::kDiscover, {0, 0, 0, 0})).has_value());
}

TEST(ForeignServer, BreaksUefiWithOption60AndWithout43) {
  Bytes offer = ServerPacket(MessageType::kOffer, {10, 0, 0, 50});
  AddOption(offer, kOptVendorClass, ToBytes("PXEClient"));
  ASSERT_TRUE(Read(offer)->breaks_uefi);
  EXPECT_NE(Describe(*Read(offer)).find("remove option 60"), std::string::npos);
  AddOption(offer, kOptVendorSpecific, {6, 1, 8, 255});
  EXPECT_FALSE(Read(offer)->breaks_uefi);
  Bytes proxy = ServerPacket(MessageType::kOffer, {0, 0, 0, 0});
  AddOption(proxy, kOptVendorClass, ToBytes("PXEClient"));
  EXPECT_FALSE(Read(proxy)->breaks_uefi);
}

TEST(ForeignServer, IsAskedByAWholeDiscover) {
  const Mac from{{2, 1, 2, 3, 4, 5}};
  const Bytes frame = BuildDiscoverFrame(from, 0xdeadbeef);
  const auto udp = ParseUdpFrame(frame);
  ASSERT_TRUE(udp.has_value());
  EXPECT_EQ(udp->from_port, 68);
  EXPECT_EQ(udp->to_port, 67);
  Packet packet;
  ASSERT_TRUE(Parse(udp->payload, packet).has_value());
  EXPECT_EQ(packet.type, MessageType::kDiscover);
  EXPECT_EQ(packet.mac, from);
  EXPECT_TRUE(packet.WantsBroadcast());
  EXPECT_EQ(packet.xid, 0xdeadbeefU);
  EXPECT_GE(udp->payload.size(), 300U);
  EXPECT_FALSE(ReadAutoPeer(packet).has_value());
}

TEST(AutoPeer, IsReadFromTheDiscoverThatSaysIt) {
  for (const Stand stand : {Stand::kListening, Stand::kClaiming, Stand::kServing}) {
    const AutoPeer peer{kOwn, stand};
    const Bytes frame = BuildDiscoverFrame(Mac{{2, 1, 2, 3, 4, 5}}, 1, UserClassOf(peer));
    Packet packet;
    ASSERT_TRUE(Parse(ParseUdpFrame(frame)->payload, packet).has_value());
    EXPECT_EQ(ReadAutoPeer(packet), peer);
  }
  for (const std::string word :
       {"", "slipway-auto serving 10.0.0.2", "\x1cslipway-auto serving 10.0.0.", "\x04iPXE",
        "\x1dslipway-auto sleeping 10.0.0.2", "\x1dslipway-auto serving 10.0.0.2 "}) {
    Bytes bytes = FirmwarePacket(Mac{{2, 1, 2, 3, 4, 5}}, MessageType::kDiscover, 7);
    if (!word.empty()) AddOption(bytes, kOptUserClass, ToBytes(word));
    const Bytes whole = Ended(bytes);
    Packet packet;
    ASSERT_TRUE(Parse(whole, packet).has_value());
    EXPECT_FALSE(ReadAutoPeer(packet).has_value()) << word;
  }
}

}  // namespace
}  // namespace slipway::dhcp
