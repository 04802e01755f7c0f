#include <gtest/gtest.h>

#include "bootnet/dhcp/answer.h"
#include "tests/bootnet/dhcp/packets.h"
#include "tests/bootnet/world.h"

/// What real firmware sent in a lab (QEMU's iPXE ROM of 2019 under SeaBIOS, OVMF and AAVMF 2022.11, U-Boot
/// 2023.01), and what we make of it.
namespace slipway::dhcp {
namespace {

using namespace slipway::testing;

constexpr Mac kLabBios{{0x52, 0x54, 0, 0x12, 0x34, 0x56}};
constexpr Mac kLabUefi{{0x52, 0x54, 0, 0x12, 0x34, 0x57}};
constexpr Mac kLabArm{{0x52, 0x54, 0, 0x78, 0, 0x01}};

Snapshot LabSnapshot() {
  Manifest manifest = SiteManifest();
  for (const Mac& mac : {kLabBios, kLabUefi, kLabArm}) {
    BootEntry entry;
    entry.mac = mac;
    entry.node = "lab";
    entry.arch = mac == kLabArm ? Arch::kArm64 : Arch::kAmd64;
    manifest.boot.push_back(entry);
  }
  Snapshot snapshot = MakeSnapshot();
  snapshot.catalog =
      std::make_shared<const Catalog>(std::move(manifest), RevisionInfo{}, UniqueFd(), UniqueFd());
  snapshot.boot_files = std::make_shared<const BootFiles>(
      BootFilesOf({{"snponly.efi", "iPXE"}, {"shimaa64.efi", "shim"}, {"grubaa64.efi", "GRUB"}}));
  return snapshot;
}

struct CaptureRow {
  const char* name;
  Port port;
  const char* file;  ///< what the reply names, in `file` or option 67; "" for silence
  const char* reason;
};

class Capture : public ::testing::TestWithParam<CaptureRow> {};

TEST_P(Capture, IsAnsweredAsTheLabProved) {
  const CaptureRow row = GetParam();
  const Bytes bytes = ToBytes(ReadTestFile(std::string(row.name) + ".bin"));
  const bool has_uuid = OptionOf(bytes, kOptMachineId).place != -1;
  const Answer answer = AnswerPacket(bytes, row.port, {{0xc000020a}, 8080}, LabSnapshot());
  EXPECT_EQ(answer.event.reason, row.reason);
  EXPECT_EQ(answer.event.uuid.empty(), !has_uuid);
  ASSERT_EQ(answer.reply.has_value(), row.file[0] != '\0');
  if (!answer.reply) return;
  const Bytes& reply = answer.reply->payload;
  std::string file = FileOf(reply);
  if (file.empty()) {
    const Bytes value = OptionOf(reply, kOptBootFileName).value;
    file.assign(value.begin(), value.end());
  }
  EXPECT_EQ(file, row.file);
  EXPECT_NE(OptionOf(reply, kOptServerId).place, -1);
  EXPECT_EQ(OptionOf(reply, kOptMachineId).place != -1, has_uuid);
}

constexpr const char* kScript = "http://192.0.2.10:8080/boot.ipxe";
const CaptureRow kRows[] = {
    {"edk2_pxe_discover", Port::kServer, "snponly.efi", "Approved"},
    {"edk2_pxe_request", Port::kServer, "", "AddressRequest"},
    {"edk2_pxe_4011", Port::kPxe, "snponly.efi", "Approved"},
    {"edk2_http_discover", Port::kServer, "http://192.0.2.10:8080/ipxe/snponly.efi", "Approved"},
    {"ipxe_efi_discover", Port::kServer, kScript, "Approved"},
    {"ipxe_efi_4011", Port::kPxe, kScript, "Approved"},
    {"ipxe_rom_bios_discover", Port::kServer, kScript, "Approved"},
    {"ipxe_rom_bios_request", Port::kServer, "", "AddressRequest"},
    {"ipxe_rom_bios_4011", Port::kPxe, kScript, "Approved"},
    {"ipxe_bios_menu_item_4011", Port::kPxe, kScript, "Approved"},
    {"undionly_cached_offer_discover", Port::kServer, kScript, "Approved"},
    {"edk2_arm64_pxe_discover", Port::kServer, "shimaa64.efi", "Approved"},
    {"u_boot_arm64_discover", Port::kServer, "grubaa64.efi", "Approved"},
};

INSTANTIATE_TEST_SUITE_P(Firmware, Capture, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace slipway::dhcp
