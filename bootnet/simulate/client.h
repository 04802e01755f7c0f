#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bootnet/catalog/boot_files.h"
#include "schema/fleet/ipv4.h"
#include "schema/fleet/mac.h"

/// A machine's side of a network boot: the packets that it would send, and what it reads out of the replies.
/// Pure.
namespace slipway::simulate {

/// What firmware is taken to be.
struct Machine {
  Mac mac;
  Platform platform = Platform::kEfiX64;
  enum class Start : uint8_t { kPxe, kHttpBoot, kIpxe } start = Start::kPxe;
  std::string uuid;  ///< 8-4-4-4-12 hex digits; "" sends no option 97
  std::string serial;
  Ipv4 address;  ///< what the site's DHCP server gives it
  enum class Path : uint8_t { kSameNetwork, kRelayed } path = Path::kSameNetwork;
};

enum class Stage : uint8_t { kFirmware, kIpxe };

/// A DISCOVER as edk2, a BIOS ROM or iPXE sends it (option 93 by platform).
std::vector<uint8_t> Discover(const Machine& machine, Stage stage);
/// The boot server REQUEST to port 4011 that UEFI PXE sends after a proxy's OFFER.
std::vector<uint8_t> BootServerRequest(const Machine& machine, Stage stage);

/// A reply as people read it.
struct DecodedReply {
  std::vector<std::string> lines;  ///< "siaddr 10.0.5.10", "option 60 vendor class: PXEClient", …
  std::string boot_file;           ///< option 67, or else the `file` field
};
DecodedReply DecodeReply(const std::vector<uint8_t>& payload);

}  // namespace slipway::simulate
