#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "bootnet/dhcp/packet.h"

namespace slipway::dhcp {

/// Who answers, as the client is to see it.
struct ReplySide {
  Ipv4 server_id;    ///< option 54
  Ipv4 next_server;  ///< siaddr
};

/// Builds a reply to `request`: header echoed as RFC 2131 table 3 has it, yiaddr 0, options in the order they
/// are added, then option 61 as it came (RFC 6842) and option 82 as the last (RFC 3046 §2.2). A reply to
/// BOOTP has neither 53 nor 54. Never overloads sname or file, and never splits an option: old ROMs
/// understand neither.
class ReplyWriter {
 public:
  ReplyWriter(const Packet& request, MessageType type, const ReplySide& side);

  void SetYourAddress(Ipv4 address);    ///< yiaddr
  void SetClientAddress(Ipv4 address);  ///< ciaddr in place of the request's
  void SetBroadcastFlag();
  /// The `file` field. False when the name and its NUL do not fit into 128 bytes; nothing is written then.
  bool SetFile(std::string_view name);
  void SetServerName(std::string_view text);  ///< sname; cut to 63 bytes
  void Add(uint8_t code, std::span<const uint8_t> value);
  void Add(uint8_t code, std::string_view text);
  void AddLong(uint8_t code, uint32_t value);
  /// The addresses in their order; nothing is written for none of them.
  void AddAddresses(uint8_t code, std::span<const Ipv4> addresses);
  /// For what a client can do without: left out where it would make the reply too long.
  void AddIfFits(uint8_t code, std::span<const uint8_t> value);
  /// The text and a NUL: several ROMs read option 67 as a C string.
  void AddTerminated(uint8_t code, std::string_view text);

  /// The UDP payload, padded to 300 bytes since some clients drop less. Nothing when an option is longer than
  /// 255 bytes or the whole is longer than the client takes (option 57 less IP and UDP headers; 548 without
  /// it).
  std::optional<std::vector<uint8_t>> Finish();

 private:
  const Packet& request_;
  std::vector<uint8_t> bytes_;
  size_t tail_ = 1;  ///< what Finish adds: options 61 and 82, and the end
  enum class State { kGood, kTooLong } state_ = State::kGood;
};

}  // namespace slipway::dhcp
