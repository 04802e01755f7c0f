#include "bootnet/catalog/boot_files.h"

#include <algorithm>
#include <array>

namespace slipway {
namespace {

struct Row {
  Platform platform;
  Loader loader;
  std::string_view name;  ///< as it is served
  std::string_view file;  ///< as Debian installs it
};

/// undionly.kpxe drives the card through the ROM's own UNDI and is small: ipxe.pxe (300 kB) does not fit into
/// the conventional memory some BIOSes leave. snponly.efi likewise drives only the card it was booted from.
/// shim loads its second stage by the name grub<arch>.efi beside itself.
constexpr std::array<Row, 18> kRows{{
    {Platform::kBios, Loader::kIpxe, "undionly.kpxe", "undionly.kpxe"},
    {Platform::kBios, Loader::kIpxe, "ipxe.pxe", "ipxe.pxe"},
    {Platform::kBios, Loader::kPxelinux, "pxelinux.0", "pxelinux.0"},
    {Platform::kEfiX64, Loader::kIpxe, "snponly.efi", "snponly.efi"},
    {Platform::kEfiX64, Loader::kIpxe, "ipxe.efi", "ipxe.efi"},
    {Platform::kEfiX64, Loader::kIpxe, "ipxe-amd64.efi", "ipxe-amd64.efi"},
    {Platform::kEfiX64, Loader::kGrub, "shimx64.efi", "shimx64.efi.signed"},
    {Platform::kEfiX64, Loader::kGrub, "grubx64.efi", "grubnetx64.efi.signed"},
    {Platform::kEfiIa32, Loader::kIpxe, "ipxe-i386.efi", "ipxe-i386.efi"},
    {Platform::kEfiArm64, Loader::kIpxe, "ipxe-arm64.efi", "ipxe-arm64.efi"},
    {Platform::kEfiArm64, Loader::kGrub, "shimaa64.efi", "shimaa64.efi.signed"},
    {Platform::kEfiArm64, Loader::kGrub, "grubaa64.efi", "grubnetaa64.efi.signed"},
    {Platform::kUBootArm64, Loader::kIpxe, "ipxe-arm64.efi", "ipxe-arm64.efi"},
    {Platform::kUBootArm64, Loader::kGrub, "grubaa64.efi", "grubnetaa64.efi.signed"},
    {Platform::kEfiRiscv64, Loader::kIpxe, "ipxe-riscv64.efi", "ipxe-riscv64.efi"},
    {Platform::kEfiLoong64, Loader::kIpxe, "ipxe-loong64.efi", "ipxe-loong64.efi"},
    // Not started by firmware, but fetched by a program that was.
    {Platform::kUnsupported, Loader::kPxelinux, "ldlinux.c32", "ldlinux.c32"},
    {Platform::kUnsupported, Loader::kGrub, "mmx64.efi", "mmx64.efi.signed"},
}};

}  // namespace

std::string_view ToString(Platform platform) {
  switch (platform) {
    case Platform::kUnsupported:
      return "unsupported";
    case Platform::kBios:
      return "bios";
    case Platform::kEfiIa32:
      return "efi-i386";
    case Platform::kEfiX64:
      return "efi-x86_64";
    case Platform::kEfiArm64:
      return "efi-arm64";
    case Platform::kEfiRiscv64:
      return "efi-riscv64";
    case Platform::kEfiLoong64:
      return "efi-loong64";
    case Platform::kUBootArm64:
      return "u-boot-arm64";
    case Platform::kRaspberryPi:
      return "raspberry-pi";
  }
  return "unsupported";
}

std::vector<std::string_view> BootFileNames(Platform platform, Loader loader) {
  std::vector<std::string_view> names;
  for (const Row& row : kRows) {
    if (row.platform == platform && row.loader == loader) names.push_back(row.name);
  }
  return names;
}

std::vector<BootProgram> BootPrograms() {
  std::vector<BootProgram> programs;
  programs.reserve(kRows.size());
  for (const Row& row : kRows) {
    const auto same = [&](const BootProgram& known) { return known.name == row.name; };
    if (std::none_of(programs.begin(), programs.end(), same)) programs.push_back({row.name, row.file});
  }
  return programs;
}

const BootFile* BootFiles::Find(std::string_view name) const {
  for (const BootFile& file : files) {
    if (file.name == name) return &file;
  }
  return nullptr;
}

const BootFile* BootFiles::For(Platform platform, Loader loader) const {
  if (platform == Platform::kUnsupported) return nullptr;
  for (const Row& row : kRows) {
    if (row.platform != platform || row.loader != loader) continue;
    if (const BootFile* file = Find(row.name)) return file;
  }
  // Debian 12 has no iPXE for arm64: such machines have a grub.cfg too.
  const bool arm = platform == Platform::kEfiArm64 || platform == Platform::kUBootArm64;
  if (arm && loader == Loader::kIpxe) return For(platform, Loader::kGrub);
  return nullptr;
}

}  // namespace slipway
