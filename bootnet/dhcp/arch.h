#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "bootnet/catalog/boot_files.h"
#include "schema/fleet/mac.h"

namespace slipway::dhcp {

/// One row of IANA's "Processor Architecture Types" (option 93, RFC 4578 §2.1 and its erratum: 7 and 9 are
/// both found on x86-64 firmware).
struct ArchInfo {
  uint16_t code = 0;
  std::string_view name;
  Platform platform = Platform::kUnsupported;
  BootStage stage = BootStage::kFirmware;  ///< kHttpBoot where the code means HTTP boot
};

/// The row of a code; nullptr for one the registry does not have.
const ArchInfo* FindArch(uint16_t code);

/// Whether this card sits on a Raspberry Pi. The boot ROM of a Pi claims architecture 0, an x86 BIOS, so only
/// the vendor's part of its MAC tells.
bool IsRaspberryPi(const Mac& mac);

}  // namespace slipway::dhcp
