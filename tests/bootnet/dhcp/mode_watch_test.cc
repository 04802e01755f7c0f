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

TEST(ModeWatch, BecomesAServerOnlyAfterAnHourOfSilenceAndAProbe) {
  ModeWatch watch(kHour, kNow, std::nullopt);
  EXPECT_EQ(watch.AutoRole(kNow + kHour), Role::kProxy) << "nobody was asked yet";
  watch.NoteProbed();
  EXPECT_EQ(watch.AutoRole(kNow + kHour - 1), Role::kProxy);
  EXPECT_EQ(watch.AutoRole(kNow + kHour), Role::kServer);
}

TEST(ModeWatch, IsAProxyAgainAtOnceWhenAnotherServerShowsUp) {
  ModeWatch watch(kHour, kNow, std::nullopt);
  watch.NoteProbed();
  ASSERT_EQ(watch.AutoRole(kNow + kHour), Role::kServer);
  EXPECT_EQ(watch.Note(AddressServer(kNow + kHour + 5)), ModeWatch::News::kNew);
  EXPECT_EQ(watch.AutoRole(kNow + kHour + 5), Role::kProxy);
  EXPECT_EQ(watch.Reason(kNow + kHour + 5), "10.0.0.1 gives addresses");
  EXPECT_EQ(watch.AutoRole(kNow + 2 * kHour + 4), Role::kProxy);
  EXPECT_EQ(watch.AutoRole(kNow + 2 * kHour + 5), Role::kServer);
}

TEST(ModeWatch, DoesNotGiveWayToAProxy) {
  ModeWatch watch(kHour, kNow, std::nullopt);
  watch.NoteProbed();
  ForeignServer proxy = AddressServer(kNow + kHour);
  proxy.gives_addresses = false;
  watch.Note(proxy);
  EXPECT_EQ(watch.AutoRole(kNow + kHour), Role::kServer);
}

TEST(ModeWatch, GoesOnAfterAShortAbsenceAndBeginsAnewAfterALongOne) {
  const WatchMemory memory{kNow - 5 * kHour, kNow - 60};
  ModeWatch soon(kHour, kNow, memory);
  soon.NoteProbed();
  EXPECT_EQ(soon.AutoRole(kNow), Role::kServer);
  ModeWatch late(kHour, kNow + 2 * kHour, memory);
  late.NoteProbed();
  EXPECT_EQ(late.AutoRole(kNow + 2 * kHour), Role::kProxy);
  ModeWatch clock_went_back(kHour, kNow - 10 * kHour, memory);
  clock_went_back.NoteProbed();
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
}

}  // namespace
}  // namespace slipway::dhcp
