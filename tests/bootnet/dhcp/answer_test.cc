#include "bootnet/dhcp/answer.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "bootnet/dhcp/arch.h"
#include "tests/bootnet/dhcp/packets.h"
#include "tests/bootnet/world.h"

namespace slipway::dhcp {
namespace {

using namespace slipway::testing;

constexpr LocalSide kLocal{{0xc000020a}, 8080};  // 192.0.2.10
const Bytes kServerId{192, 0, 2, 10};
const Bytes kDirect{6, 1, 8, 255};

Answer Ask(const Bytes& packet, Port port = Port::kServer, const SiteOptions& site = {}, Ledger ledger = {}) {
  return AnswerPacket(Ended(packet), port, kLocal, MakeSnapshot(site, std::move(ledger)));
}

void ExpectCommon(const Bytes& reply, const char* vendor, MessageType type) {
  EXPECT_GE(reply.size(), 300U);
  EXPECT_EQ(reply[0], 2);
  EXPECT_EQ(LongAt(reply, 4), 0xca0000feU);
  EXPECT_EQ(LongAt(reply, 16), 0U) << "a proxy gives no address";
  EXPECT_EQ(LongAt(reply, 20), kLocal.address.value) << "siaddr";
  EXPECT_EQ(OptionOf(reply, kOptServerId).value, kServerId);
  EXPECT_EQ(OptionOf(reply, kOptMessageType).value, Bytes{static_cast<uint8_t>(type)});
  EXPECT_EQ(OptionOf(reply, kOptVendorClass).value, ToBytes(vendor));
  EXPECT_EQ(OptionOf(reply, kOptMachineId).value, MachineId());
  EXPECT_EQ(OptionOf(reply, kOptOverload).place, -1);
}

TEST(DhcpAnswer, OffersUefiItsProgramWithoutOption43) {
  const Answer answer = Ask(FirmwarePacket(kBeta, MessageType::kDiscover, 7));
  ASSERT_TRUE(answer.reply.has_value()) << answer.event.reason;
  const Bytes& reply = answer.reply->payload;
  ExpectCommon(reply, "PXEClient", MessageType::kOffer);
  EXPECT_EQ(FileOf(reply), "snponly.efi");
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(&reply[44])), "192.0.2.10");
  EXPECT_EQ(OptionOf(reply, kOptVendorSpecific).place, -1);
  EXPECT_EQ(answer.reply->destination, Destination::kBroadcast);
  EXPECT_EQ(answer.event.reason, "Approved");
  EXPECT_EQ(answer.event.node, "beta");
  EXPECT_EQ(answer.event.answer, "OFFER snponly.efi");
  EXPECT_EQ(answer.event.arch, "efi-x86_64");
}

TEST(DhcpAnswer, OffersABiosItsProgramWithDirectBoot) {
  const Answer answer = Ask(FirmwarePacket(kBeta, MessageType::kDiscover, 0));
  ASSERT_TRUE(answer.reply.has_value());
  ExpectCommon(answer.reply->payload, "PXEClient", MessageType::kOffer);
  EXPECT_EQ(FileOf(answer.reply->payload), "undionly.kpxe");
  EXPECT_EQ(OptionOf(answer.reply->payload, kOptVendorSpecific).value, kDirect);
}

TEST(DhcpAnswer, SendsIpxeToTheEntryScript) {
  Bytes packet = FirmwarePacket(kBeta, MessageType::kDiscover, 0);
  AddOption(packet, kOptUserClass, ToBytes("iPXE"));
  const Answer answer = Ask(packet);
  ASSERT_TRUE(answer.reply.has_value());
  ExpectCommon(answer.reply->payload, "PXEClient", MessageType::kOffer);
  EXPECT_EQ(FileOf(answer.reply->payload), "http://192.0.2.10:8080/boot.ipxe");
  EXPECT_EQ(OptionOf(answer.reply->payload, kOptVendorSpecific).place, -1);
  EXPECT_EQ(OptionOf(answer.reply->payload, kOptIpxe).value, (Bytes{1, 1, 5}));
}

TEST(DhcpAnswer, GivesHttpBootAnAbsoluteUrlByAddress) {
  SiteOptions site;
  site.boot_url_host = "boot.example.org";
  const Bytes packet = FirmwarePacket(kBeta, MessageType::kDiscover, 16, "HTTPClient:Arch:00016:UNDI:003000");
  const Answer answer = Ask(packet, Port::kServer, site);
  ASSERT_TRUE(answer.reply.has_value());
  ExpectCommon(answer.reply->payload, "HTTPClient", MessageType::kOffer);
  EXPECT_EQ(OptionOf(answer.reply->payload, kOptBootFileName).value,
            ToBytes("http://192.0.2.10:8080/ipxe/snponly.efi"));
}

TEST(DhcpAnswer, PutsAUrlThatIsLongerThanTheFileFieldIntoOption67) {
  SiteOptions site;
  site.boot_url_host = std::string(60, 'a') + "." + std::string(60, 'b') + ".example.org";
  Bytes packet = FirmwarePacket(kBeta, MessageType::kDiscover, 7);
  AddOption(packet, kOptUserClass, ToBytes("iPXE"));
  const Answer answer = Ask(packet, Port::kServer, site);
  ASSERT_TRUE(answer.reply.has_value());
  EXPECT_EQ(FileOf(answer.reply->payload), "");
  Bytes value = OptionOf(answer.reply->payload, kOptBootFileName).value;
  ASSERT_FALSE(value.empty());
  EXPECT_EQ(value.back(), 0) << "ROMs read it as a C string";
}

TEST(DhcpAnswer, AcksABootServerRequestOn4011ToItsSource) {
  Bytes packet = FirmwarePacket(kBeta, MessageType::kRequest, 0);
  AddOption(packet, kOptVendorSpecific, {71, 4, 0x80, 0, 0, 0, 255});
  packet[12] = 192;
  packet[14] = 2;
  packet[15] = 50;
  const Answer answer = Ask(packet, Port::kPxe);
  ASSERT_TRUE(answer.reply.has_value());
  ExpectCommon(answer.reply->payload, "PXEClient", MessageType::kAck);
  EXPECT_EQ(answer.reply->destination, Destination::kSource);
  EXPECT_EQ(FileOf(answer.reply->payload), "undionly.kpxe");
  EXPECT_EQ(OptionOf(answer.reply->payload, kOptVendorSpecific).value,
            (Bytes{6, 1, 8, 71, 4, 0x80, 0, 0, 0, 255}));
  EXPECT_EQ(answer.event.address, Ipv4::Parse("192.0.2.50"));
}

TEST(DhcpAnswer, IsSilentOnAddressRequests) {
  Bytes packet = FirmwarePacket(kBeta, MessageType::kRequest, 7);
  AddOption(packet, kOptServerId, {192, 0, 2, 1});
  const Answer answer = Ask(packet);
  EXPECT_FALSE(answer.reply.has_value());
  EXPECT_EQ(answer.event.reason, "AddressRequest");
  EXPECT_EQ(answer.event.outcome, Outcome::kIgnored);
}

TEST(DhcpAnswer, AnswersABootItemRequestThatCameToPort67) {
  Bytes packet = FirmwarePacket(kBeta, MessageType::kRequest, 0);
  AddOption(packet, kOptVendorSpecific, {71, 4, 0x80, 0, 0, 0, 255});
  Answer answer = Ask(packet);
  ASSERT_TRUE(answer.reply.has_value());
  ExpectCommon(answer.reply->payload, "PXEClient", MessageType::kAck);
  // …but not one that another server's identifier claims.
  AddOption(packet, kOptServerId, {192, 0, 2, 1});
  EXPECT_FALSE(Ask(packet).reply.has_value());
}

TEST(DhcpAnswer, IsSilentOnEverythingElseWithAReason) {
  const auto silent = [](const Bytes& packet, Port port = Port::kServer) {
    const Answer answer = Ask(packet, port);
    EXPECT_FALSE(answer.reply.has_value());
    EXPECT_EQ(answer.event.outcome, Outcome::kIgnored);
    EXPECT_FALSE(answer.event.message.empty());
    return answer.event.reason;
  };
  EXPECT_EQ(silent(FirmwarePacket(kBeta, MessageType::kDiscover, 7, "MSFT 5.0")), "NotPxe");
  EXPECT_EQ(silent(FirmwarePacket(kBeta, MessageType::kRelease, 7)), "NotForProxy");
  EXPECT_EQ(silent(FirmwarePacket(kBeta, MessageType::kDiscover, 7), Port::kPxe), "NotBootServerRequest");
  EXPECT_EQ(silent(FirmwarePacket(kStranger, MessageType::kDiscover, 7)), "UnknownMachine");
  EXPECT_EQ(silent(FirmwarePacket(kBeta, MessageType::kDiscover, 11)), "NoBootFile");
  EXPECT_EQ(silent(FirmwarePacket(kBeta, MessageType::kDiscover, 2)), "UnsupportedArch");
  EXPECT_EQ(silent(Bytes(20, 1)), "TooShort");
  Bytes reply = FirmwarePacket(kBeta, MessageType::kDiscover, 7);
  reply[0] = 2;
  EXPECT_EQ(silent(reply), "NotRequest");
}

TEST(DhcpAnswer, GivesAnUnknownMachineTheSameProgramsWhenTheSiteReportsThem) {
  const SiteOptions report{.unknown = UnknownAction::kReport};
  const Answer answer = Ask(FirmwarePacket(kStranger, MessageType::kDiscover, 7), Port::kServer, report);
  ASSERT_TRUE(answer.reply.has_value());
  EXPECT_EQ(FileOf(answer.reply->payload), "snponly.efi");
  EXPECT_EQ(answer.event.reason, "UnknownMachine");
  EXPECT_FALSE(
      Ask(FirmwarePacket(kStranger, MessageType::kDiscover, 7), Port::kServer, report, {{kStranger}}).reply);
}

TEST(DhcpAnswer, RepliesToTheRelayAndEchoesItsOptionLast) {
  Bytes packet = BareRequest(kBeta);
  AddOption(packet, kOptRelayAgent, {1, 2, 'g', '1'});
  const Bytes firmware = FirmwarePacket(kBeta, MessageType::kDiscover, 7);
  packet.insert(packet.end(), firmware.begin() + 240, firmware.end());
  packet[3] = 1;
  packet[24] = 198;
  packet[25] = 51;
  packet[26] = 100;
  packet[27] = 1;
  const Answer answer = Ask(packet);
  ASSERT_TRUE(answer.reply.has_value());
  const Bytes& reply = answer.reply->payload;
  EXPECT_EQ(answer.reply->destination, Destination::kRelay);
  EXPECT_EQ(answer.reply->address, Ipv4::Parse("198.51.100.1"));
  EXPECT_EQ(LongAt(reply, 24), answer.reply->address.value);
  EXPECT_EQ(reply[10], 0x80) << "without an address to send it to, the relay must broadcast it";
  EXPECT_EQ(OptionOf(reply, kOptRelayAgent).value, (Bytes{1, 2, 'g', '1'}));
  EXPECT_EQ(OptionOf(reply, kOptRelayAgent).place, OptionCount(reply) - 1);
}

TEST(DhcpAnswer, PutsTheRelaysServerIdentifierInPlaceOfOursAndKeepsTheNextServer) {
  Bytes packet = FirmwarePacket(kBeta, MessageType::kDiscover, 7);
  packet[24] = 198;
  packet[25] = 51;
  packet[26] = 100;
  packet[27] = 1;
  AddOption(packet, kOptRelayAgent, {11, 4, 198, 51, 100, 1});
  const Answer answer = Ask(packet);
  ASSERT_TRUE(answer.reply.has_value());
  EXPECT_EQ(OptionOf(answer.reply->payload, kOptServerId).value, (Bytes{198, 51, 100, 1})) << "RFC 5107";
  EXPECT_EQ(LongAt(answer.reply->payload, 20), kLocal.address.value);
}

TEST(DhcpAnswer, EchoesTheClientIdentifier) {
  Bytes packet = FirmwarePacket(kBeta, MessageType::kDiscover, 7);
  AddOption(packet, kOptClientId, {1, 2, 0, 0, 0, 0xbe, 0x0a});
  const Answer answer = Ask(packet);
  EXPECT_EQ(OptionOf(answer.reply->payload, kOptClientId).value, (Bytes{1, 2, 0, 0, 0, 0xbe, 0x0a}))
      << "RFC 6842";
}

TEST(DhcpAnswer, SendsNothingToAddressesThatAreNoMachines) {
  for (const Bytes& forged : {Bytes{224, 0, 0, 1}, Bytes{255, 255, 255, 255}, Bytes{127, 0, 0, 1}}) {
    for (const size_t field : {12U, 24U}) {
      Bytes packet = FirmwarePacket(kBeta, MessageType::kDiscover, 7);
      std::copy(forged.begin(), forged.end(), packet.begin() + static_cast<long>(field));
      const Answer answer = Ask(packet);
      EXPECT_FALSE(answer.reply.has_value());
      EXPECT_EQ(answer.event.reason, "ForgedAddress");
    }
  }
}

TEST(DhcpAnswer, GivesEveryArchitectureAProgramOrAReason) {
  const std::map<uint16_t, std::string> programs = {
      {0, "undionly.kpxe"}, {7, "snponly.efi"}, {9, "snponly.efi"}};
  const std::set<uint16_t> no_file = {6, 11, 22, 27, 39};
  for (uint16_t code = 0; code < 60; ++code) {
    const ArchInfo* row = FindArch(code);
    if (row != nullptr && row->stage == BootStage::kHttpBoot) continue;
    const Answer answer = Ask(FirmwarePacket(kBeta, MessageType::kDiscover, code));
    const auto program = programs.find(code);
    ASSERT_EQ(answer.reply.has_value(), program != programs.end()) << code;
    if (answer.reply) {
      EXPECT_EQ(FileOf(answer.reply->payload), program->second) << code;
      continue;
    }
    const std::string reason = code == 41               ? "RaspberryPi"
                               : no_file.contains(code) ? "NoBootFile"
                                                        : "UnsupportedArch";
    EXPECT_EQ(answer.event.reason, reason) << code;
    EXPECT_EQ(answer.event.arch.empty(), false) << code;
  }
}

TEST(DhcpAnswer, IgnoresAnArchitectureWithoutAWordOfPxe) {
  Bytes packet = BareRequest(kBeta);
  AddOption(packet, kOptMessageType, {1});
  AddOption(packet, kOptClientArch, {0, 7});
  EXPECT_EQ(Ask(packet).event.reason, "NotPxe") << "an OS client may send option 93 too";
  EXPECT_EQ(Ask(FirmwarePacket(kBeta, MessageType::kDiscover, 22, "U-Boot.armv8")).event.reason, "NotPxe");
}

TEST(DhcpAnswer, StaysBelowTheSizeTheClientTakes) {
  Bytes packet = FirmwarePacket(kBeta, MessageType::kDiscover, 7);
  AddOption(packet, kOptRelayAgent, Bytes(240, 7));
  AddOption(packet, kOptMachineId, Bytes(60, 7));
  EXPECT_EQ(Ask(packet).event.reason, "ReplyTooLong") << "548 bytes is all that an unasked client takes";
  AddOption(packet, kOptMaxMessageSize, {0x05, 0xc0});
  EXPECT_TRUE(Ask(packet).reply.has_value());
}

TEST(DhcpAnswer, ToleratesAMissingMachineId) {
  Bytes packet = BareRequest(kBeta);
  AddOption(packet, kOptMessageType, {1});
  AddOption(packet, kOptVendorClass, ToBytes("PXEClient:Arch:00000:UNDI:002001"));
  const Answer answer = Ask(packet);
  ASSERT_TRUE(answer.reply.has_value());
  EXPECT_EQ(OptionOf(answer.reply->payload, kOptMachineId).place, -1);
  EXPECT_EQ(FileOf(answer.reply->payload), "undionly.kpxe");
}

TEST(DhcpAnswer, ReportsAMachineWhoseUuidIsNotTheNodes) {
  Manifest manifest = SiteManifest();
  manifest.boot[2].uuid = "00000000-0000-0000-0000-000000000001";
  Snapshot snapshot = MakeSnapshot();
  snapshot.catalog =
      std::make_shared<const Catalog>(std::move(manifest), RevisionInfo{}, UniqueFd(), UniqueFd());
  const Answer answer =
      AnswerPacket(FirmwarePacket(kBeta, MessageType::kDiscover, 7), Port::kServer, kLocal, snapshot);
  EXPECT_TRUE(answer.reply.has_value()) << "a cross-check is no refusal";
  EXPECT_EQ(answer.event.reason, "IdentityMismatch");
}

}  // namespace
}  // namespace slipway::dhcp
