#include "bootnet/dhcp/classify.h"

#include <algorithm>
#include <array>

#include "bootnet/dhcp/arch.h"

namespace slipway::dhcp {
namespace {

constexpr uint8_t kIpxeFeatureHttp = 0x13;

/// The number in `PXEClient:Arch:00007:UNDI:003000`.
const ArchInfo* ArchOfVendorClass(std::string_view text) {
  const size_t at = text.find(":Arch:");
  if (at == std::string_view::npos || text.size() - at < 11) return nullptr;
  unsigned code = 0;
  for (char c : text.substr(at + 6, 5)) {
    if (c < '0' || c > '9') return nullptr;
    code = code * 10 + static_cast<unsigned>(c - '0');
  }
  return code <= 0xffff ? FindArch(static_cast<uint16_t>(code)) : nullptr;
}

const ArchInfo* ArchOf(const Packet& packet) {
  if (const auto list = packet.options.Find(kOptClientArch)) {
    for (size_t i = 0; list->size() - i >= 2; i += 2) {
      const auto code = static_cast<uint16_t>((*list)[i] << 8U | (*list)[i + 1]);
      if (const ArchInfo* arch = FindArch(code)) return arch;
    }
  }
  return ArchOfVendorClass(packet.options.Text(kOptVendorClass));
}

/// User class "iPXE" as iPXE sends it (bare text) or in RFC 3004's counted form; FlexBoot has no user class
/// but sends option 175.
bool IsIpxe(const Packet& packet) {
  if (packet.options.Find(kOptIpxe)) return true;
  const std::string_view user_class = packet.options.Text(kOptUserClass);
  return user_class.find("iPXE") != std::string_view::npos ||
         user_class.find("gPXE") != std::string_view::npos;
}

/// U-Boot says that it is UEFI when it asks for a UEFI program. Its option 94 gives it away: UNDI 0.0, where
/// UEFI has 3.x (RFC 4578 section 2.2; U-Boot's net/bootp.c).
bool IsUBoot(const Packet& packet) {
  const auto nic = packet.options.Find(kOptNicId);
  return nic && std::ranges::equal(*nic, std::array<uint8_t, 3>{1, 0, 0});
}

bool SpeaksHttp(const Packet& packet) {
  const auto area = packet.options.Find(kOptIpxe);
  // Without a list of features there is nothing to hold against it.
  if (!area || area->empty()) return true;
  const auto feature = FindSuboption(*area, kIpxeFeatureHttp);
  return feature.has_value() && !(feature->size() == 1 && (*feature)[0] == 0);
}

}  // namespace

std::optional<NetbootClient> Classify(const Packet& packet) {
  const std::string_view vendor_class = packet.options.Text(kOptVendorClass);
  const bool http = vendor_class.starts_with("HTTPClient");
  if (!http && !vendor_class.starts_with("PXEClient")) return std::nullopt;

  NetbootClient client;
  const ArchInfo* arch = ArchOf(packet);
  client.dialect = http ? NetbootClient::Dialect::kHttp : NetbootClient::Dialect::kPxe;
  client.boot_class.platform = arch != nullptr ? arch->platform : Platform::kUnsupported;
  if (IsRaspberryPi(packet.mac) && client.boot_class.platform == Platform::kBios) {
    client.boot_class.platform = Platform::kRaspberryPi;
  }
  if (IsUBoot(packet) && client.boot_class.platform == Platform::kEfiArm64) {
    client.boot_class.platform = Platform::kUBootArm64;
  }
  if (IsIpxe(packet)) {
    client.boot_class.stage = SpeaksHttp(packet) ? BootStage::kIpxe : BootStage::kIpxeWithoutHttp;
  } else {
    client.boot_class.stage = http ? BootStage::kHttpBoot : BootStage::kFirmware;
  }
  if (client.boot_class.platform != Platform::kUnsupported) {
    client.arch_name = ToString(client.boot_class.platform);
  } else {
    client.arch_name = arch != nullptr ? arch->name : "unknown";
  }
  return client;
}

std::string UuidOf(const Packet& packet) {
  const auto value = packet.options.Find(kOptMachineId);
  if (!value || value->size() != 17 || (*value)[0] != 0) return {};
  static constexpr std::array<uint8_t, 16> kOrder{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < kOrder.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    const uint8_t byte = (*value)[1U + kOrder[i]];
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

}  // namespace slipway::dhcp
