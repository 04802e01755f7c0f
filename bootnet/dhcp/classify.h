#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bootnet/catalog/boot_files.h"
#include "bootnet/dhcp/packet.h"

namespace slipway::dhcp {

/// A machine that boots from the network, as its packet shows it.
struct NetbootClient {
  ClientClass boot_class;
  enum class Dialect : uint8_t {
    kPxe,
    kHttp
  } dialect = Dialect::kPxe;  ///< what option 60 of the reply must say
  std::string arch_name;      ///< ToString(Platform), or IANA's name where there is no platform
};

/// Decides by option 93 first and by the text of option 60 after it, since newer iPXE drops the `:Arch:` part
/// after a cached offer. A list in option 93 counts by its first known code. Nothing for a packet that is not
/// from a boot client: an operating system's DHCP client must never see a packet of ours.
std::optional<NetbootClient> Classify(const Packet& packet);

/// `${uuid}` text of option 97 (type 0, SMBIOS raw order: first three fields little endian); "" when it is
/// absent or malformed.
std::string UuidOf(const Packet& packet);

}  // namespace slipway::dhcp
