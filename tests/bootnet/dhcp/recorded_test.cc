#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "bootnet/dhcp/foreign.h"
#include "tests/bootnet/dhcp/lease_world.h"

/// Whole conversations of real firmware (QEMU's iPXE ROM, OVMF, chained iPXE builds), replayed against the
/// proxy, the address server, and what listens for other servers. The recordings are upstream data: skipped
/// where absent.
namespace slipway::dhcp {
namespace {

using namespace slipway::testing;
namespace fs = std::filesystem;

fs::path Captures() {
  const char* set = std::getenv("SLIPWAY_SHARED_DATA");
  return (set != nullptr ? fs::path(set) : fs::path(SLIPWAY_SOURCE_DIR) / "../shared/data") / "captures";
}

/// The frames of a classic little-endian pcap file of Ethernet.
std::vector<Bytes> FramesOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::vector<Bytes> frames;
  for (size_t at = 24; at + 16 <= all.size();) {
    uint32_t length = 0;
    std::memcpy(&length, &all[at + 8], sizeof(length));
    at += 16;
    if (length > all.size() - at) break;
    frames.emplace_back(all.begin() + static_cast<long>(at), all.begin() + static_cast<long>(at + length));
    at += length;
  }
  return frames;
}

Manifest LabManifest() {
  Manifest manifest = LeaseManifest();
  Subnet lab;
  lab.cidr = *Ipv4Prefix::Parse("10.77.0.0/24");
  lab.ranges = {{*Ipv4::Parse("10.77.0.100"), *Ipv4::Parse("10.77.0.150")}};
  manifest.subnets = {lab};
  for (uint8_t last = 0x50; last < 0x60; ++last) {
    BootEntry entry;
    entry.mac = Mac{{0x52, 0x54, 0, 0x12, 0x34, last}};
    entry.node = "lab";
    manifest.boot.push_back(entry);
  }
  return manifest;
}

class Recorded : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(Captures())) {
      GTEST_SKIP() << "no recordings at " << Captures() << " (set SLIPWAY_SHARED_DATA)";
    }
    for (const auto& entry : fs::directory_iterator(Captures())) {
      if (entry.path().extension() == ".pcap") files_.push_back(entry.path());
    }
    ASSERT_FALSE(files_.empty());
  }
  std::vector<fs::path> files_;
};

TEST_F(Recorded, EveryDiscoverGetsWhatItsFirmwareTakesFromAProxy) {
  const LeaseWorld world({}, LabManifest());
  const LocalSide local{*Ipv4::Parse("10.77.0.2"), 8080, Arrival::kBroadcast};
  int offers = 0;
  int acks = 0;
  for (const fs::path& file : files_) {
    for (const Bytes& frame : FramesOf(file)) {
      const auto udp = ParseUdpFrame(frame);
      if (!udp || (udp->to_port != 67 && udp->to_port != 4011) || udp->payload[0] != 1) continue;
      const Port port = udp->to_port == 67 ? Port::kServer : Port::kPxe;
      const Answer answer = AnswerPacket(udp->payload, port, local, world.snapshot);
      Packet packet;
      ASSERT_TRUE(Parse(udp->payload, packet).has_value()) << file;
      const bool asks = packet.type == MessageType::kDiscover || port == Port::kPxe;
      ASSERT_EQ(answer.reply.has_value(), asks) << file << ' ' << answer.event.reason;
      if (!answer.reply) continue;
      ++(port == Port::kPxe ? acks : offers);
      const Bytes& reply = answer.reply->payload;
      EXPECT_EQ(OptionOf(reply, kOptServerId).value, (Bytes{10, 77, 0, 2})) << file;
      EXPECT_EQ(LongAt(reply, 20), local.address.value) << "siaddr is never 0";
      EXPECT_EQ(LongAt(reply, 16), 0U);
      EXPECT_TRUE(!FileOf(reply).empty() || OptionOf(reply, kOptBootFileName).place >= 0) << file;
      EXPECT_NE(OptionOf(reply, kOptMachineId).place, -1);
      EXPECT_GE(reply.size(), 300U);
    }
  }
  EXPECT_GE(offers, 20);
  EXPECT_GE(acks, 5);
}

TEST_F(Recorded, EveryFirmwareGetsOneAddressThroughAllItsStages) {
  for (const fs::path& file : files_) {
    LeaseWorld world({}, LabManifest());
    world.local.address = *Ipv4::Parse("10.77.0.2");
    std::map<Mac, std::set<Ipv4>> given;
    for (const Bytes& frame : FramesOf(file)) {
      const auto udp = ParseUdpFrame(frame);
      Packet packet;
      if (!udp || udp->to_port != 67 || !Parse(udp->payload, packet)) continue;
      const Bytes bytes(udp->payload.begin(), udp->payload.end());
      const LeaseStep step = world.AskOnQuietNet(bytes);
      if (packet.type != MessageType::kDiscover) {
        EXPECT_EQ(step.event.reason, "OtherServer") << "it took the lab's own offer";
        continue;
      }
      ASSERT_EQ(TypeOf(step), MessageType::kOffer) << file;
      EXPECT_TRUE(OptionIn(step, kOptVendorClass).empty() || !OptionIn(step, kOptVendorSpecific).empty() ||
                  OptionIn(step, kOptVendorClass) == ToBytes("HTTPClient"))
          << "option 60 without 43 beside an address";
      const LeaseStep ack = world.Request(packet.mac, YourAddress(step));
      ASSERT_EQ(TypeOf(ack), MessageType::kAck) << file;
      given[packet.mac].insert(YourAddress(ack));
    }
    EXPECT_FALSE(given.empty()) << file;
    for (const auto& [mac, addresses] : given)
      EXPECT_EQ(addresses.size(), 1U) << file << ' ' << mac.ToColons();
  }
}

TEST_F(Recorded, TheLabsServersAreToldApart) {
  int servers = 0;
  for (const fs::path& file : files_) {
    for (const Bytes& frame : FramesOf(file)) {
      const auto udp = ParseUdpFrame(frame);
      if (!udp || udp->to_port != 68 || udp->from_port != 67) continue;
      const auto server = ReadForeignServer(*udp, 1);
      ASSERT_TRUE(server.has_value()) << file;
      ++servers;
      EXPECT_EQ(server->gives_addresses, udp->from == *Ipv4::Parse("10.77.0.1")) << file;
    }
  }
  EXPECT_GE(servers, 20);
}

}  // namespace
}  // namespace slipway::dhcp
