#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "bootnet/dhcp/packet.h"

/// Builds client packets by hand, well formed or not, and reads replies back.
namespace slipway::testing {

using Bytes = std::vector<uint8_t>;

inline Bytes ToBytes(std::string_view text) { return {text.begin(), text.end()}; }

/// A BOOTREQUEST without options: cookie and nothing after it.
inline Bytes BareRequest(const Mac& mac) {
  Bytes bytes(240, 0);
  bytes[0] = 1;
  bytes[1] = 1;
  bytes[2] = 6;
  bytes[4] = 0xca;
  bytes[7] = 0xfe;
  std::copy(mac.bytes.begin(), mac.bytes.end(), bytes.begin() + 28);
  bytes[236] = 0x63;
  bytes[237] = 0x82;
  bytes[238] = 0x53;
  bytes[239] = 0x63;
  return bytes;
}

inline void AddOption(Bytes& bytes, uint8_t code, const Bytes& value) {
  bytes.push_back(code);
  bytes.push_back(static_cast<uint8_t>(value.size()));
  bytes.insert(bytes.end(), value.begin(), value.end());
}

inline Bytes MachineId() {
  return {0, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80, 1, 2, 3, 4, 5, 6, 7, 8};
}

/// What UEFI or BIOS firmware of an architecture sends; without the end option, so that more can be added.
inline Bytes FirmwarePacket(const Mac& mac, dhcp::MessageType type, uint16_t arch,
                            std::string_view vendor = "PXEClient") {
  Bytes bytes = BareRequest(mac);
  AddOption(bytes, dhcp::kOptMessageType, {static_cast<uint8_t>(type)});
  AddOption(bytes, dhcp::kOptVendorClass, ToBytes(vendor));
  AddOption(bytes, dhcp::kOptClientArch, {static_cast<uint8_t>(arch >> 8U), static_cast<uint8_t>(arch)});
  AddOption(bytes, dhcp::kOptMachineId, MachineId());
  return bytes;
}

inline Bytes Ended(Bytes bytes) {
  bytes.push_back(dhcp::kOptEnd);
  return bytes;
}

/// The value of an option of a reply, and its place in the order of options; {} and -1 where it is absent.
struct Found {
  int place = -1;
  Bytes value;
};

inline Found OptionOf(const Bytes& reply, uint8_t code) {
  size_t at = 240;
  for (int place = 0; at + 1 < reply.size() && reply[at] != dhcp::kOptEnd; ++place) {
    const size_t length = reply[at + 1];
    if (reply[at] == code) return {place, Bytes(reply.begin() + at + 2, reply.begin() + at + 2 + length)};
    at += 2 + length;
  }
  return {};
}

inline int OptionCount(const Bytes& reply) {
  int count = 0;
  for (size_t at = 240; at + 1 < reply.size() && reply[at] != dhcp::kOptEnd; at += 2U + reply[at + 1])
    ++count;
  return count;
}

inline std::string FileOf(const Bytes& reply) {
  return std::string(reinterpret_cast<const char*>(reply.data()) + 108);
}

inline uint32_t LongAt(const Bytes& reply, size_t at) {
  return static_cast<uint32_t>(reply[at]) << 24U | static_cast<uint32_t>(reply[at + 1]) << 16U |
         static_cast<uint32_t>(reply[at + 2]) << 8U | reply[at + 3];
}

}  // namespace slipway::testing
