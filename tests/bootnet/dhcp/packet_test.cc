#include "bootnet/dhcp/packet.h"

#include <gtest/gtest.h>

#include <random>

#include "bootnet/dhcp/arch.h"
#include "bootnet/dhcp/classify.h"
#include "tests/bootnet/dhcp/packets.h"

namespace slipway::dhcp {
namespace {

using namespace slipway::testing;

constexpr Mac kMac{{0x02, 0, 0, 0, 0, 0x01}};

std::string ErrorOf(const Bytes& bytes) {
  Packet packet;
  const auto parsed = Parse(bytes, packet);
  return parsed ? "good" : std::string(ToString(parsed.error()));
}

Packet Good(const Bytes& bytes) {
  Packet packet;
  const auto parsed = Parse(bytes, packet);
  EXPECT_TRUE(parsed.has_value()) << (parsed ? "" : ToString(parsed.error()));
  return packet;
}

Bytes Discover() {
  return FirmwarePacket(kMac, MessageType::kDiscover, 7, "PXEClient:Arch:00007:UNDI:003000");
}

TEST(DhcpParse, ReadsHeaderAndOptions) {
  Bytes bytes = Ended(Discover());
  bytes[10] = 0x80;
  const Packet packet = Good(bytes);
  EXPECT_EQ(packet.xid, 0xca0000feU);
  EXPECT_EQ(packet.mac, kMac);
  EXPECT_TRUE(packet.WantsBroadcast());
  EXPECT_EQ(packet.type, MessageType::kDiscover);
  EXPECT_EQ(packet.options.Text(kOptVendorClass), "PXEClient:Arch:00007:UNDI:003000");
  EXPECT_EQ(packet.options.Word(kOptClientArch), 7);
  EXPECT_FALSE(packet.options.Find(kOptUserClass).has_value());
}

TEST(DhcpParse, RefusesWhatIsNoRequest) {
  EXPECT_EQ(ErrorOf({}), "TooShort");
  EXPECT_EQ(ErrorOf(Bytes(235, 1)), "TooShort");
  EXPECT_EQ(ErrorOf(Bytes(kMaxPacket + 1, 1)), "TooLong");
  const auto with = [](size_t at, uint8_t value) {
    Bytes bytes = Ended(Discover());
    bytes[at] = value;
    return ErrorOf(bytes);
  };
  EXPECT_EQ(with(0, 2), "NotRequest");
  EXPECT_EQ(with(1, 32), "NotEthernet");
  EXPECT_EQ(with(2, 17), "NotEthernet");
  EXPECT_EQ(with(3, 17), "TooManyHops");
  EXPECT_EQ(with(28, 0x01), "BadMac");
  EXPECT_EQ(with(236, 0), "NoCookie");
}

TEST(DhcpParse, ReadsBootpWithOptions) {
  Bytes plain_bootp = BareRequest(kMac);
  plain_bootp.resize(300, 0);
  Packet packet;
  ASSERT_TRUE(Parse(plain_bootp, packet).has_value());
  EXPECT_EQ(packet.type, MessageType::kBootp);
}

TEST(DhcpParse, RefusesLengthsThatLeadOutOfTheArea) {
  Bytes bytes = Discover();
  bytes.push_back(kOptUserClass);
  EXPECT_EQ(ErrorOf(bytes), "BadOption");
  bytes.push_back(5);
  bytes.push_back('x');
  EXPECT_EQ(ErrorOf(bytes), "BadOption");
}

TEST(DhcpParse, ToleratesAMissingEndAndReadsNothingAfterOne) {
  EXPECT_EQ(ErrorOf(Discover()), "good");
  Bytes bytes = Ended(Discover());
  AddOption(bytes, kOptRelayAgent, {1, 2, 3});
  EXPECT_FALSE(Good(bytes).options.Find(kOptRelayAgent).has_value());
}

TEST(DhcpParse, RefusesARepeatedMessageType) {
  Bytes bytes = Discover();
  AddOption(bytes, kOptMessageType, {3});
  EXPECT_EQ(ErrorOf(Ended(bytes)), "BadMessageType");
}

TEST(DhcpParse, JoinsLongOptionsAndKeepsEmptyOnes) {
  Bytes bytes = Discover();
  AddOption(bytes, kOptUserClass, ToBytes("iP"));
  AddOption(bytes, kOptBootFileName, {});
  AddOption(bytes, kOptUserClass, ToBytes("XE"));
  const Packet packet = Good(Ended(bytes));
  EXPECT_EQ(packet.options.Text(kOptUserClass), "iPXE");
  ASSERT_TRUE(packet.options.Find(kOptBootFileName).has_value());
  EXPECT_TRUE(packet.options.Find(kOptBootFileName)->empty());
}

TEST(DhcpParse, FollowsOverloadIntoFileThenSname) {
  Bytes bytes = Discover();
  AddOption(bytes, kOptOverload, {3});
  AddOption(bytes, kOptUserClass, ToBytes("i"));
  const auto fill = [&](size_t at, const Bytes& value) {
    std::copy(value.begin(), value.end(), bytes.begin() + at);
  };
  fill(108, {kOptUserClass, 1, 'P', kOptOverload, 1, 0, kOptEnd});
  fill(44, {kOptUserClass, 2, 'X', 'E', kOptEnd});
  EXPECT_EQ(Good(Ended(bytes)).options.Text(kOptUserClass), "iPXE");
  // An option that leads out of the 128 bytes must not reach into the cookie behind them.
  fill(108 + 120, {kOptUserClass, 200});
  fill(108, Bytes(120, 0));
  EXPECT_EQ(ErrorOf(Ended(bytes)), "BadOption");
}

TEST(DhcpParse, SurvivesEveryTruncationAndNoise) {
  const Bytes whole = Ended(Discover());
  for (size_t size = 0; size <= whole.size(); ++size) {
    Packet packet;
    (void)Parse(std::span(whole).first(size), packet);
  }
  std::mt19937 random(7);  // NOLINT: the same noise every time
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes = whole;
    bytes.resize(240 + random() % 400);
    for (size_t at = 240; at < bytes.size(); ++at) bytes[at] = static_cast<uint8_t>(random());
    Packet packet;
    if (Parse(bytes, packet)) (void)Classify(packet);
  }
}

TEST(DhcpSuboptions, AreBoundByTheirArea) {
  const Bytes area{0, 6, 1, 8, 71, 4, 0x80, 0, 0, 0, 255, 9, 1, 1};
  EXPECT_EQ(FindSuboption(area, 6)->size(), 1U);
  EXPECT_EQ(FindSuboption(area, 71)->size(), 4U);
  EXPECT_FALSE(FindSuboption(area, 9).has_value());
  EXPECT_FALSE(FindSuboption(Bytes{71, 9, 1}, 71).has_value());
}

struct ClassRow {
  const char* name;
  uint16_t arch;
  const char* vendor;
  Platform platform;
  BootStage stage;
};

TEST(DhcpClassify, TellsPlatformsApart) {
  const std::vector<ClassRow> rows = {
      {"bios", 0, "PXEClient", Platform::kBios, BootStage::kFirmware},
      {"uefi 7", 7, "PXEClient", Platform::kEfiX64, BootStage::kFirmware},
      {"uefi 9", 9, "PXEClient:Arch:00009", Platform::kEfiX64, BootStage::kFirmware},
      {"93 wins over 60", 11, "PXEClient:Arch:00000:UNDI:002001", Platform::kEfiArm64, BootStage::kFirmware},
      {"http", 16, "HTTPClient:Arch:00016:UNDI:003000", Platform::kEfiX64, BootStage::kHttpBoot},
      {"arm http", 19, "HTTPClient", Platform::kEfiArm64, BootStage::kHttpBoot},
      {"u-boot", 22, "PXEClient", Platform::kUBootArm64, BootStage::kFirmware},
      {"itanium", 2, "PXEClient", Platform::kUnsupported, BootStage::kFirmware},
      {"93 unknown, 60 known", 999, "PXEClient:Arch:00007:UNDI:003000", Platform::kEfiX64,
       BootStage::kFirmware},
      {"neither", 999, "PXEClient", Platform::kUnsupported, BootStage::kFirmware},
  };
  for (const ClassRow& row : rows) {
    const auto client = Classify(Good(FirmwarePacket(kMac, MessageType::kDiscover, row.arch, row.vendor)));
    ASSERT_TRUE(client.has_value()) << row.name;
    EXPECT_EQ(client->boot_class, (ClientClass{row.platform, row.stage})) << row.name;
    EXPECT_FALSE(client->arch_name.empty()) << row.name;
  }
}

TEST(DhcpClassify, PassesOverOperatingSystems) {
  for (const char* vendor : {"", "MSFT 5.0", "udhcp 1.35", "d-i", "U-Boot.armv8", "xPXEClient"}) {
    EXPECT_FALSE(Classify(Good(FirmwarePacket(kMac, MessageType::kDiscover, 7, vendor))).has_value())
        << vendor;
  }
}

TEST(DhcpClassify, TakesTheFirstKnownArchitectureOfAList) {
  Bytes bytes = BareRequest(kMac);
  AddOption(bytes, kOptMessageType, {1});
  AddOption(bytes, kOptVendorClass, ToBytes("PXEClient"));
  AddOption(bytes, kOptClientArch, {0x27, 0x0f, 0, 7, 0, 0, 9});
  EXPECT_EQ(Classify(Good(bytes))->boot_class.platform, Platform::kEfiX64);
}

TEST(DhcpClassify, KnowsIpxeByUserClassInBothFormsAndByOption175) {
  const auto stage = [](uint8_t code, const Bytes& value) {
    Bytes bytes = Discover();
    AddOption(bytes, code, value);
    return Classify(Good(bytes))->boot_class.stage;
  };
  EXPECT_EQ(stage(kOptUserClass, ToBytes("iPXE")), BootStage::kIpxe);
  EXPECT_EQ(stage(kOptUserClass, ToBytes("\x04iPXE\x03"
                                         "lab")),
            BootStage::kIpxe);
  EXPECT_EQ(stage(kOptIpxe, {0xb1, 1, 1, 0x13, 1, 1}), BootStage::kIpxe);
  EXPECT_EQ(stage(kOptIpxe, {0xb1, 1, 1, 0x15, 1, 1}), BootStage::kIpxeWithoutHttp);
  EXPECT_EQ(stage(kOptUserClass, ToBytes("anaconda")), BootStage::kFirmware);
}

TEST(DhcpClassify, NeverTakesARaspberryPiForABios) {
  for (const Mac& mac : {Mac{{0xb8, 0x27, 0xeb, 1, 2, 3}}, Mac{{0xdc, 0xa6, 0x32, 1, 2, 3}}}) {
    EXPECT_TRUE(IsRaspberryPi(mac));
    EXPECT_EQ(Classify(Good(FirmwarePacket(mac, MessageType::kDiscover, 0)))->boot_class.platform,
              Platform::kRaspberryPi);
    // With UEFI firmware on it, it is an ordinary arm64 machine.
    EXPECT_EQ(Classify(Good(FirmwarePacket(mac, MessageType::kDiscover, 11)))->boot_class.platform,
              Platform::kEfiArm64);
  }
}

TEST(DhcpClassify, TellsUBootThatSaysItIsUefiByItsNicIdentifier) {
  const auto platform = [](uint16_t arch, const Bytes& nic) {
    Bytes bytes = FirmwarePacket(kMac, MessageType::kDiscover, arch);
    AddOption(bytes, kOptNicId, nic);
    return Classify(Good(bytes))->boot_class.platform;
  };
  EXPECT_EQ(platform(11, {1, 0, 0}), Platform::kUBootArm64);
  EXPECT_EQ(platform(11, {1, 3, 0}), Platform::kEfiArm64);
  EXPECT_EQ(platform(11, {1, 3, 16}), Platform::kEfiArm64);
  EXPECT_EQ(platform(7, {1, 0, 0}), Platform::kEfiX64);
}

TEST(DhcpClassify, WritesTheMachineIdAsFirmwareShowsIt) {
  EXPECT_EQ(UuidOf(Good(Discover())), "40302010-6050-8070-0102-030405060708");
}

}  // namespace
}  // namespace slipway::dhcp
