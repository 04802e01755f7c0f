#include <gtest/gtest.h>

#include "tests/bootnet/dhcp/packets.h"
#include "tests/bootnet/net_fixture.h"

namespace slipway {
namespace {

using namespace slipway::testing;

std::string Text(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

TEST(DhcpServer, OffersAndAcksFromThePortsThatWereAsked) {
  RunningNetwork running({});
  TestSocket client(TestSocket::Kind::kUdp, 0);
  client.SendTo(Text(Ended(FirmwarePacket(kBeta, dhcp::MessageType::kDiscover, 7))), running.ports.dhcp);
  Bytes offer = ToBytes(client.Receive());
  ASSERT_GE(offer.size(), 300U);
  EXPECT_EQ(client.last_port(), running.ports.dhcp);
  EXPECT_EQ(OptionOf(offer, dhcp::kOptServerId).value, (Bytes{127, 0, 0, 1}));
  client.SendTo(Text(Ended(FirmwarePacket(kBeta, dhcp::MessageType::kRequest, 7))), running.ports.pxe);
  const Bytes ack = ToBytes(client.Receive());
  ASSERT_GE(ack.size(), 300U);
  EXPECT_EQ(client.last_port(), running.ports.pxe);
  EXPECT_EQ(FileOf(ack), "snponly.efi");
}

TEST(DhcpServer, SaysNothingToAStrangerButTellsWhy) {
  RunningNetwork running({});
  TestSocket client(TestSocket::Kind::kUdp, 0);
  client.SendTo(Text(Ended(FirmwarePacket(kStranger, dhcp::MessageType::kDiscover, 7))), running.ports.dhcp);
  client.SendTo("noise", running.ports.dhcp);
  EXPECT_TRUE(running.WaitForEvent("TooShort").has_value());
  const auto event = running.WaitForEvent("UnknownMachine");
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->mac, kStranger);
  // The next packet that comes back belongs to an approved machine: nothing was sent before it.
  Bytes next = FirmwarePacket(kBeta, dhcp::MessageType::kDiscover, 7);
  next[4] = 0x77;
  client.SendTo(Text(Ended(next)), running.ports.dhcp);
  EXPECT_EQ(ToBytes(client.Receive())[4], 0x77);
}

TEST(DhcpServer, FollowsTheCatalogAndTheLedger) {
  RunningNetwork running({.served = RunningNetwork::Options::Served::kNothing});
  TestSocket client(TestSocket::Kind::kUdp, 0);
  const std::string packet = Text(Ended(FirmwarePacket(kBeta, dhcp::MessageType::kDiscover, 7)));
  client.SendTo(packet, running.ports.dhcp);
  EXPECT_TRUE(running.WaitForEvent("NothingServed").has_value());
  running.network().SetCatalog(MakeSnapshot().catalog);
  client.SendTo(packet, running.ports.dhcp);
  EXPECT_GE(client.Receive().size(), 300U);
  running.network().SetLedger(Ledger{{kBeta}});
  client.SendTo(packet, running.ports.dhcp);
  EXPECT_TRUE(running.WaitForEvent("Blocked").has_value());
}

}  // namespace
}  // namespace slipway
