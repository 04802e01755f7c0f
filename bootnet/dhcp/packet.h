#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tl/expected.hpp>

#include "schema/fleet/ipv4.h"
#include "schema/fleet/mac.h"

/// DHCP as a boot server meets it: RFC 2131 (messages), 2132 (options), 3396 (long options), 4578 (PXE).
namespace slipway::dhcp {

/// Option codes, RFC 2132 and the IANA registry.
enum : uint8_t {
  kOptPad = 0,
  kOptSubnetMask = 1,
  kOptRouters = 3,
  kOptNameServers = 6,
  kOptHostName = 12,
  kOptDomainName = 15,
  kOptMtu = 26,
  kOptBroadcast = 28,
  kOptNtpServers = 42,
  kOptVendorSpecific = 43,
  kOptRequestedAddress = 50,
  kOptLeaseTime = 51,
  kOptOverload = 52,
  kOptMessageType = 53,
  kOptServerId = 54,
  kOptParameterList = 55,
  kOptMessage = 56,
  kOptMaxMessageSize = 57,
  kOptRenewalTime = 58,
  kOptRebindingTime = 59,
  kOptVendorClass = 60,
  kOptClientId = 61,
  kOptBootFileName = 67,
  kOptUserClass = 77,
  kOptRelayAgent = 82,
  kOptClientArch = 93,
  kOptNicId = 94,
  kOptMachineId = 97,
  kOptSubnetSelection = 118,
  kOptClasslessRoutes = 121,
  kOptIpxe = 175,
  kOptEnd = 255,
};

enum class MessageType : uint8_t {
  kBootp = 0,  ///< no option 53: a BOOTP request with options (RFC 1534)
  kDiscover = 1,
  kOffer = 2,
  kRequest = 3,
  kDecline = 4,
  kAck = 5,
  kNak = 6,
  kRelease = 7,
  kInform = 8,
};
/// "DISCOVER", "BOOTP".
std::string_view ToString(MessageType type);

/// Largest UDP payload that is looked at: an Ethernet frame's and then some.
inline constexpr size_t kMaxPacket = 4096;

/// The options of one packet, instances of a code already joined (RFC 3396). Values live inside.
class Options {
 public:
  /// The value of an option, empty when it was sent without one; nothing when it was not sent.
  std::optional<std::span<const uint8_t>> Find(uint8_t code) const;
  std::string_view Text(uint8_t code) const;  ///< "" when absent; raw bytes, trailing NULs cut off
  std::optional<uint8_t> Byte(uint8_t code) const;
  std::optional<uint16_t> Word(uint8_t code) const;  ///< big endian
  std::optional<uint32_t> Long(uint8_t code) const;  ///< big endian
  std::optional<Ipv4> Address(uint8_t code) const;

 private:
  friend class OptionCollector;
  struct Slot {
    uint16_t offset = 0;
    uint16_t length = 0;
    bool present = false;
  };
  std::array<Slot, 256> slots_{};
  std::array<uint8_t, kMaxPacket> bytes_;  ///< only what slots_ names is set
};

/// A client's packet that is well formed. Fixed size (about 6 KiB), no heap.
struct Packet {
  uint32_t xid = 0;
  uint16_t secs = 0;  ///< never decide by it: iPXE keeps a retry count and flag bits here (ipxe dhcp.c)
  uint16_t flags = 0;
  uint8_t hops = 0;
  Ipv4 ciaddr;
  Ipv4 giaddr;
  std::array<uint8_t, 16> chaddr{};
  Mac mac;
  MessageType type = MessageType::kDiscover;
  Options options;

  bool WantsBroadcast() const { return (flags & 0x8000U) != 0; }
};

/// Why a packet is not looked at further.
enum class ParseError : uint8_t {
  kTooShort,
  kTooLong,
  kNotRequest,      ///< op is another: a server's packet where a client's is read, and the other way round
  kNotEthernet,     ///< htype, hlen
  kTooManyHops,     ///< RFC 1542 §4.1.1
  kBadMac,          ///< zero or a group address
  kNoCookie,        ///< plain BOOTP without options
  kBadOption,       ///< a length that leads out of its area
  kBadMessageType,  ///< option 53 is not one known byte
};
std::string_view ToString(ParseError error);  ///< "TooShort", …

/// Fills `packet` from a UDP payload. On an error `packet` is unspecified. Never throws, never allocates.
/// A missing end option is tolerated, as RFC 2131 clients do send such; anything after the end is not read.
tl::expected<void, ParseError> Parse(std::span<const uint8_t> bytes, Packet& packet);
/// The same for a server's packet (op BOOTREPLY).
tl::expected<void, ParseError> ParseReply(std::span<const uint8_t> bytes, Packet& packet);

/// The value of a suboption in an encapsulated area (43, 175): code, length, value, 0 pads, 255 ends. The
/// first instance counts; an area that leads out of itself has no more suboptions.
std::optional<std::span<const uint8_t>> FindSuboption(std::span<const uint8_t> area, uint8_t code);

}  // namespace slipway::dhcp
