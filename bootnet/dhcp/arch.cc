#include "bootnet/dhcp/arch.h"

#include <algorithm>
#include <array>

namespace slipway::dhcp {
namespace {

constexpr auto kPxe = BootStage::kFirmware;
constexpr auto kHttp = BootStage::kHttpBoot;
constexpr auto kNone = Platform::kUnsupported;

/// Indexed by code.
constexpr std::array<ArchInfo, 42> kArchs{{
    {0, "x86 BIOS", Platform::kBios, kPxe},
    {1, "NEC PC-98", kNone, kPxe},
    {2, "Itanium UEFI", kNone, kPxe},
    {3, "DEC Alpha", kNone, kPxe},
    {4, "Arc x86", kNone, kPxe},
    {5, "Intel Lean Client", kNone, kPxe},
    {6, "x86 UEFI", Platform::kEfiIa32, kPxe},
    {7, "x64 UEFI", Platform::kEfiX64, kPxe},
    {8, "Xscale UEFI", kNone, kPxe},
    {9, "EBC UEFI", Platform::kEfiX64, kPxe},
    {10, "ARM 32-bit UEFI", kNone, kPxe},
    {11, "ARM 64-bit UEFI", Platform::kEfiArm64, kPxe},
    {12, "PowerPC Open Firmware", kNone, kPxe},
    {13, "PowerPC ePAPR", kNone, kPxe},
    {14, "POWER OPAL", kNone, kPxe},
    {15, "x86 UEFI HTTP", Platform::kEfiIa32, kHttp},
    {16, "x64 UEFI HTTP", Platform::kEfiX64, kHttp},
    {17, "EBC UEFI HTTP", Platform::kEfiX64, kHttp},
    {18, "ARM 32-bit UEFI HTTP", kNone, kHttp},
    {19, "ARM 64-bit UEFI HTTP", Platform::kEfiArm64, kHttp},
    {20, "x86 BIOS HTTP", kNone, kHttp},
    {21, "ARM 32-bit U-Boot", kNone, kPxe},
    {22, "ARM 64-bit U-Boot", Platform::kUBootArm64, kPxe},
    {23, "ARM 32-bit U-Boot HTTP", kNone, kHttp},
    {24, "ARM 64-bit U-Boot HTTP", Platform::kUBootArm64, kHttp},
    {25, "RISC-V 32-bit UEFI", kNone, kPxe},
    {26, "RISC-V 32-bit UEFI HTTP", kNone, kHttp},
    {27, "RISC-V 64-bit UEFI", Platform::kEfiRiscv64, kPxe},
    {28, "RISC-V 64-bit UEFI HTTP", Platform::kEfiRiscv64, kHttp},
    {29, "RISC-V 128-bit UEFI", kNone, kPxe},
    {30, "RISC-V 128-bit UEFI HTTP", kNone, kHttp},
    {31, "s390 basic", kNone, kPxe},
    {32, "s390 extended", kNone, kPxe},
    {33, "MIPS 32-bit UEFI", kNone, kPxe},
    {34, "MIPS 64-bit UEFI", kNone, kPxe},
    {35, "Sunway 32-bit UEFI", kNone, kPxe},
    {36, "Sunway 64-bit UEFI", kNone, kPxe},
    {37, "LoongArch 32-bit UEFI", kNone, kPxe},
    {38, "LoongArch 32-bit UEFI HTTP", kNone, kHttp},
    {39, "LoongArch 64-bit UEFI", Platform::kEfiLoong64, kPxe},
    {40, "LoongArch 64-bit UEFI HTTP", Platform::kEfiLoong64, kHttp},
    {41, "ARM rpiboot", Platform::kRaspberryPi, kPxe},
}};

constexpr std::array<std::array<uint8_t, 3>, 6> kPiVendors{{
    {0xb8, 0x27, 0xeb},
    {0xdc, 0xa6, 0x32},
    {0xe4, 0x5f, 0x01},
    {0x28, 0xcd, 0xc1},
    {0xd8, 0x3a, 0xdd},
    {0x2c, 0xcf, 0x67},
}};

}  // namespace

const ArchInfo* FindArch(uint16_t code) { return code < kArchs.size() ? &kArchs[code] : nullptr; }

bool IsRaspberryPi(const Mac& mac) {
  return std::any_of(kPiVendors.begin(), kPiVendors.end(), [&](const auto& vendor) {
    return std::equal(vendor.begin(), vendor.end(), mac.bytes.begin());
  });
}

}  // namespace slipway::dhcp
