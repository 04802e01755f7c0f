#include "bootnet/catalog/boot_files.h"

#include <array>

namespace slipway {
namespace {

struct Row {
  Platform platform;
  std::string_view name;
};

/// undionly.kpxe drives the card through the ROM's own UNDI and is small: ipxe.pxe (300 kB) does not fit into
/// the conventional memory some BIOSes leave. snponly.efi likewise drives only the card it was booted from.
constexpr std::array<Row, 9> kRows{{
    {Platform::kBios, "undionly.kpxe"},
    {Platform::kBios, "ipxe.pxe"},
    {Platform::kEfiX64, "snponly.efi"},
    {Platform::kEfiX64, "ipxe.efi"},
    {Platform::kEfiX64, "ipxe-amd64.efi"},
    {Platform::kEfiIa32, "ipxe-i386.efi"},
    {Platform::kEfiArm64, "ipxe-arm64.efi"},
    {Platform::kEfiRiscv64, "ipxe-riscv64.efi"},
    {Platform::kEfiLoong64, "ipxe-loong64.efi"},
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
    case Platform::kRaspberryPi:
      return "raspberry-pi";
  }
  return "unsupported";
}

std::vector<std::string_view> BootFileNames(Platform platform) {
  std::vector<std::string_view> names;
  names.reserve(kRows.size());
  for (const Row& row : kRows) {
    if (platform == Platform::kUnsupported || row.platform == platform) names.push_back(row.name);
  }
  return names;
}

const BootFile* BootFiles::Find(std::string_view name) const {
  for (const BootFile& file : files) {
    if (file.name == name) return &file;
  }
  return nullptr;
}

const BootFile* BootFiles::For(Platform platform) const {
  if (platform == Platform::kUnsupported) return nullptr;
  for (std::string_view name : BootFileNames(platform)) {
    if (const BootFile* file = Find(name)) return file;
  }
  return nullptr;
}

}  // namespace slipway
