#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "bootnet/dhcp/packet.h"

namespace slipway::dhcp {

/// Builds a reply to `request`: header echoed as RFC 2131 table 3 has it, yiaddr 0, options in the order they
/// are added, option 82 echoed last (RFC 3046 §2.2). Never overloads sname or file, and never splits an
/// option: old ROMs understand neither.
class ReplyWriter {
 public:
  ReplyWriter(const Packet& request, MessageType type, Ipv4 server);

  /// The `file` field. False when the name and its NUL do not fit into 128 bytes; nothing is written then.
  bool SetFile(std::string_view name);
  void SetServerName(std::string_view text);  ///< sname; cut to 63 bytes
  void Add(uint8_t code, std::span<const uint8_t> value);
  void Add(uint8_t code, std::string_view text);
  /// The text and a NUL: several ROMs read option 67 as a C string.
  void AddTerminated(uint8_t code, std::string_view text);

  /// The UDP payload, padded to 300 bytes since some clients drop less. Nothing when an option is longer than
  /// 255 bytes or the whole is longer than the client takes (option 57 less IP and UDP headers; 548 without
  /// it).
  std::optional<std::vector<uint8_t>> Finish();

 private:
  const Packet& request_;
  std::vector<uint8_t> bytes_;
  enum class State { kGood, kTooLong } state_ = State::kGood;
};

}  // namespace slipway::dhcp
