#include "bootnet/simulate/client.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "bootnet/dhcp/packet.h"

namespace slipway::simulate {
namespace {

using Bytes = std::vector<uint8_t>;
constexpr size_t kOptions = 240;

/// Option 93 (IANA "Processor Architecture Types"): over PXE, and over UEFI HTTP boot.
std::pair<uint16_t, uint16_t> ArchCodes(Platform platform) {
  switch (platform) {
    case Platform::kEfiIa32:
      return {6, 15};
    case Platform::kEfiX64:
      return {7, 16};
    case Platform::kEfiArm64:
      return {11, 19};
    case Platform::kUBootArm64:
      return {11, 24};
    case Platform::kEfiRiscv64:
      return {27, 28};
    case Platform::kEfiLoong64:
      return {39, 40};
    default:
      return {0, 20};
  }
}

void Add(Bytes& packet, uint8_t code, const Bytes& value) {
  packet.push_back(code);
  packet.push_back(static_cast<uint8_t>(value.size()));
  packet.insert(packet.end(), value.begin(), value.end());
}

Bytes Text(std::string_view text) { return {text.begin(), text.end()}; }

/// Option 97: type 0 and the SMBIOS UUID, whose first three fields are little endian.
Bytes MachineId(const std::string& uuid) {
  Bytes raw;
  for (size_t i = 0; i + 1 < uuid.size(); ++i) {
    if (uuid[i] == '-') continue;
    raw.push_back(static_cast<uint8_t>(std::stoul(uuid.substr(i, 2), nullptr, 16)));
    ++i;
  }
  raw.resize(16);
  std::reverse(raw.begin(), raw.begin() + 4);
  std::reverse(raw.begin() + 4, raw.begin() + 6);
  std::reverse(raw.begin() + 6, raw.begin() + 8);
  raw.insert(raw.begin(), 0);
  return raw;
}

Bytes Request(const Machine& machine, Stage stage, dhcp::MessageType type) {
  Bytes packet(kOptions, 0);
  packet[0] = packet[1] = 1;  // BOOTREQUEST, Ethernet
  packet[2] = 6;
  packet[10] = 0x80;  // UEFI asks for broadcasts, always
  std::copy(machine.mac.bytes.begin(), machine.mac.bytes.end(), packet.begin() + 28);
  const std::array<uint8_t, 4> cookie{0x63, 0x82, 0x53, 0x63};
  std::copy(cookie.begin(), cookie.end(), packet.begin() + 236);
  const bool http = machine.start == Machine::Start::kHttpBoot && stage == Stage::kFirmware;
  const auto [pxe, boot] = ArchCodes(machine.platform);
  const uint16_t arch = http ? boot : pxe;
  char vendor[64];
  std::snprintf(vendor, sizeof vendor, "%sClient:Arch:%05u:UNDI:003000", http ? "HTTP" : "PXE", arch);
  Add(packet, dhcp::kOptMessageType, {static_cast<uint8_t>(type)});
  Add(packet, dhcp::kOptMaxMessageSize, {0x05, 0xc0});
  Add(packet, dhcp::kOptVendorClass, Text(vendor));
  Add(packet, dhcp::kOptClientArch, {static_cast<uint8_t>(arch >> 8U), static_cast<uint8_t>(arch)});
  if (machine.platform == Platform::kUBootArm64) Add(packet, dhcp::kOptNicId, {1, 0, 0});
  if (!machine.uuid.empty()) Add(packet, dhcp::kOptMachineId, MachineId(machine.uuid));
  if (stage == Stage::kIpxe) {
    Add(packet, dhcp::kOptUserClass, Text("iPXE"));
    Add(packet, dhcp::kOptIpxe, {0x13, 1, 1});  // it can do HTTP
  }
  return packet;
}

Bytes Ended(Bytes packet) {
  packet.push_back(dhcp::kOptEnd);
  return packet;
}

std::string_view NameOf(uint8_t code) {
  switch (code) {
    case 1:
      return "subnet mask";
    case 3:
      return "router";
    case 6:
      return "name servers";
    case 43:
      return "vendor specific";
    case 51:
      return "lease time";
    case 53:
      return "message type";
    case 54:
      return "server identifier";
    case 60:
      return "vendor class";
    case 66:
      return "TFTP server name";
    case 67:
      return "boot file";
    case 97:
      return "machine identifier";
    case 175:
      return "iPXE";
    default:
      return "";
  }
}

std::string Hex(std::span<const uint8_t> bytes) {
  std::string text;
  for (const uint8_t byte : bytes) {
    char two[4];
    std::snprintf(two, sizeof two, "%s%02x", text.empty() ? "" : " ", byte);
    text += two;
  }
  return text;
}

std::string ValueText(uint8_t code, std::span<const uint8_t> value) {
  if (code == 60 || code == 66 || code == 67) {
    std::string text(value.begin(), value.end());
    while (text.ends_with('\0')) text.pop_back();
    return text;
  }
  if (code == 53 && value.size() == 1) return std::string(ToString(static_cast<dhcp::MessageType>(value[0])));
  if ((code == 1 || code == 3 || code == 54) && value.size() == 4) {
    return Ipv4{uint32_t{value[0]} << 24U | uint32_t{value[1]} << 16U | uint32_t{value[2]} << 8U | value[3]}
        .ToString();
  }
  return Hex(value);
}

std::string CString(std::span<const uint8_t> field) {
  const auto end = std::find(field.begin(), field.end(), 0);
  return {field.begin(), end};
}

}  // namespace

Bytes Discover(const Machine& machine, Stage stage) {
  return Ended(Request(machine, stage, dhcp::MessageType::kDiscover));
}

Bytes BootServerRequest(const Machine& machine, Stage stage) {
  Bytes packet = Request(machine, stage, dhcp::MessageType::kRequest);
  for (size_t i = 0; i < 4; ++i) packet[12 + i] = static_cast<uint8_t>(machine.address.value >> (24 - 8 * i));
  return Ended(std::move(packet));
}

DecodedReply DecodeReply(const Bytes& payload) {
  DecodedReply reply;
  const std::span<const uint8_t> bytes(payload);
  const auto address = [&bytes](size_t at) {
    return std::to_string(bytes[at]) + '.' + std::to_string(bytes[at + 1]) + '.' +
           std::to_string(bytes[at + 2]) + '.' + std::to_string(bytes[at + 3]);
  };
  if (bytes.size() < kOptions) return reply;
  reply.lines.push_back("yiaddr " + address(16) + ", siaddr " + address(20) + ", giaddr " + address(24));
  if (const std::string name = CString(bytes.subspan(44, 64)); !name.empty())
    reply.lines.push_back("sname " + name);
  reply.boot_file = CString(bytes.subspan(108, 128));
  if (!reply.boot_file.empty()) reply.lines.push_back("file " + reply.boot_file);
  for (size_t at = kOptions; at + 1 < bytes.size() && bytes[at] != dhcp::kOptEnd;) {
    if (bytes[at] == dhcp::kOptPad) {
      ++at;
      continue;
    }
    const uint8_t code = bytes[at];
    const size_t length = std::min<size_t>(bytes[at + 1], bytes.size() - at - 2);
    const std::string value = ValueText(code, bytes.subspan(at + 2, length));
    if (code == dhcp::kOptBootFileName) reply.boot_file = value;
    const std::string_view name = NameOf(code);
    reply.lines.push_back("option " + std::to_string(code) + (name.empty() ? "" : " " + std::string(name)) +
                          ": " + value);
    at += 2 + length;
  }
  return reply;
}

}  // namespace slipway::simulate
