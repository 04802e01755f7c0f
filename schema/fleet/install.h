#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/fleet/located.h"

/// What a Node says of its installation beyond the disk: how it leaves the network boot, and wipes.
namespace slipway {

/// How a machine that is installed gets to its disk.
struct LocalBoot {
  enum class Method : uint8_t {
    kExit,     ///< back to the firmware, which tries its next boot device
    kSanboot,  ///< BIOS: boots `drive`
    kEfiFile,  ///< UEFI: starts `file` of a local EFI system partition
  };
  Method method = Method::kExit;
  uint8_t drive = 0x80;  ///< the BIOS number, for kSanboot
  std::string file;      ///< \EFI\BOOT\BOOTX64.EFI, for kEfiFile
  bool operator==(const LocalBoot&) const = default;
};

/// Talos' kernel argument talos.experimental.wipe=system, once, before an installation.
struct Wipe {
  std::vector<Located<std::string>> disks;
  int64_t until = 0;  ///< Unix seconds: from then on it no longer counts
  Mark mark;
  bool operator==(const Wipe& other) const { return disks == other.disks && until == other.until; }
};

}  // namespace slipway
