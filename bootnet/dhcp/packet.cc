#include "bootnet/dhcp/packet.h"

#include <algorithm>

namespace slipway::dhcp {

namespace {

constexpr size_t kHeaderSize = 240;
constexpr size_t kSnameOffset = 44;
constexpr size_t kSnameSize = 64;
constexpr size_t kFileOffset = 108;
constexpr size_t kFileSize = 128;
constexpr std::array<uint8_t, 4> kCookie{0x63, 0x82, 0x53, 0x63};

uint16_t ReadWord(std::span<const uint8_t> at) {
  return static_cast<uint16_t>(static_cast<unsigned>(at[0]) << 8U | at[1]);
}

uint32_t ReadLong(std::span<const uint8_t> at) {
  return static_cast<uint32_t>(ReadWord(at)) << 16U | ReadWord(at.subspan(2));
}

/// Calls `use(code, value)` for each option of an area; false when a length leads out of it.
template <class Use>
bool ForEachOption(std::span<const uint8_t> area, Use use) {
  size_t at = 0;
  while (at < area.size()) {
    const uint8_t code = area[at++];
    if (code == kOptPad) continue;
    if (code == kOptEnd) return true;
    if (at == area.size()) return false;
    const size_t length = area[at++];
    if (length > area.size() - at) return false;
    use(code, area.subspan(at, length));
    at += length;
  }
  return true;
}

}  // namespace

/// Joins the instances of each option in two passes: sizes, then bytes. The sum of all values is below the
/// packet's size, so the fixed store cannot overflow.
class OptionCollector {
 public:
  explicit OptionCollector(Options& options) : options_(options) { options_.slots_ = {}; }

  void Measure(uint8_t code, std::span<const uint8_t> value) {
    Options::Slot& slot = options_.slots_[code];
    if (!slot.present) codes_[count_++] = code;
    slot.present = true;
    slot.length = static_cast<uint16_t>(slot.length + value.size());
  }

  void Place() {
    uint16_t offset = 0;
    for (const uint8_t code : std::span(codes_).first(count_)) {
      Options::Slot& slot = options_.slots_[code];
      slot.offset = offset;
      offset = static_cast<uint16_t>(offset + slot.length);
      slot.length = 0;
    }
  }

  void Fill(uint8_t code, std::span<const uint8_t> value) {
    Options::Slot& slot = options_.slots_[code];
    std::copy(value.begin(), value.end(), options_.bytes_.begin() + slot.offset + slot.length);
    slot.length = static_cast<uint16_t>(slot.length + value.size());
  }

 private:
  Options& options_;
  std::array<uint8_t, 256> codes_;  ///< those that there are
  size_t count_ = 0;
};

namespace {

/// The areas in the order RFC 3396 §5 joins them: options, file, sname.
struct Areas {
  std::array<std::span<const uint8_t>, 3> parts;
};

bool Collect(const Areas& areas, Options& options) {
  OptionCollector collector(options);
  // Overload inside an overloaded field would be a trap; only the option area's own word counts.
  const auto skip = [](size_t area, uint8_t code) { return area > 0 && code == kOptOverload; };
  for (size_t i = 0; i < areas.parts.size(); ++i) {
    const bool good = ForEachOption(areas.parts[i], [&](uint8_t code, std::span<const uint8_t> value) {
      if (!skip(i, code)) collector.Measure(code, value);
    });
    if (!good) return false;
  }
  collector.Place();
  for (size_t i = 0; i < areas.parts.size(); ++i) {
    ForEachOption(areas.parts[i], [&](uint8_t code, std::span<const uint8_t> value) {
      if (!skip(i, code)) collector.Fill(code, value);
    });
  }
  return true;
}

constexpr uint8_t kBootRequest = 1;
constexpr uint8_t kBootReply = 2;

tl::expected<void, ParseError> ParseHeader(std::span<const uint8_t> bytes, uint8_t op, Packet& packet) {
  const auto fail = [](ParseError error) { return tl::make_unexpected(error); };
  if (bytes.size() < kHeaderSize - kCookie.size()) return fail(ParseError::kTooShort);
  if (bytes.size() > kMaxPacket) return fail(ParseError::kTooLong);
  if (bytes[0] != op) return fail(ParseError::kNotRequest);
  if (bytes[1] != 1 || bytes[2] != 6) return fail(ParseError::kNotEthernet);
  if (bytes[3] > 16) return fail(ParseError::kTooManyHops);
  packet.hops = bytes[3];
  packet.xid = ReadLong(bytes.subspan(4));
  packet.secs = ReadWord(bytes.subspan(8));
  packet.flags = ReadWord(bytes.subspan(10));
  packet.ciaddr = {ReadLong(bytes.subspan(12))};
  packet.giaddr = {ReadLong(bytes.subspan(24))};
  std::copy_n(bytes.begin() + 28, packet.chaddr.size(), packet.chaddr.begin());
  std::copy_n(packet.chaddr.begin(), packet.mac.bytes.size(), packet.mac.bytes.begin());
  if (packet.mac.IsZero() || packet.mac.IsMulticast()) return fail(ParseError::kBadMac);
  if (bytes.size() < kHeaderSize ||
      !std::equal(kCookie.begin(), kCookie.end(), bytes.begin() + kHeaderSize - kCookie.size())) {
    return fail(ParseError::kNoCookie);
  }
  return {};
}

tl::expected<void, ParseError> ParseAs(uint8_t op, std::span<const uint8_t> bytes, Packet& packet) {
  if (auto header = ParseHeader(bytes, op, packet); !header) return header;
  Areas areas;
  areas.parts[0] = bytes.subspan(kHeaderSize);
  unsigned overload = 0;
  const bool good = ForEachOption(areas.parts[0], [&](uint8_t code, std::span<const uint8_t> value) {
    if (code == kOptOverload && value.size() == 1) overload = value[0];
  });
  if (!good) return tl::make_unexpected(ParseError::kBadOption);
  if ((overload & 1U) != 0) areas.parts[1] = bytes.subspan(kFileOffset, kFileSize);
  if ((overload & 2U) != 0) areas.parts[2] = bytes.subspan(kSnameOffset, kSnameSize);
  if (!Collect(areas, packet.options)) return tl::make_unexpected(ParseError::kBadOption);

  packet.type = MessageType::kBootp;
  if (!packet.options.Find(kOptMessageType)) return {};
  // Sent twice, the joined value has two bytes: nobody can say which one is meant.
  const std::optional<uint8_t> type = packet.options.Byte(kOptMessageType);
  if (!type || *type < 1 || *type > 8) return tl::make_unexpected(ParseError::kBadMessageType);
  packet.type = static_cast<MessageType>(*type);
  return {};
}

}  // namespace

tl::expected<void, ParseError> Parse(std::span<const uint8_t> bytes, Packet& packet) {
  return ParseAs(kBootRequest, bytes, packet);
}

tl::expected<void, ParseError> ParseReply(std::span<const uint8_t> bytes, Packet& packet) {
  return ParseAs(kBootReply, bytes, packet);
}

std::optional<std::span<const uint8_t>> Options::Find(uint8_t code) const {
  const Slot& slot = slots_[code];
  if (!slot.present) return std::nullopt;
  return std::span<const uint8_t>(bytes_).subspan(slot.offset, slot.length);
}

std::string_view Options::Text(uint8_t code) const {
  const auto value = Find(code);
  if (!value) return {};
  std::string_view text(reinterpret_cast<const char*>(value->data()), value->size());
  while (text.ends_with('\0')) text.remove_suffix(1);
  return text;
}

std::optional<uint8_t> Options::Byte(uint8_t code) const {
  const auto value = Find(code);
  if (!value || value->size() != 1) return std::nullopt;
  return (*value)[0];
}

std::optional<uint16_t> Options::Word(uint8_t code) const {
  const auto value = Find(code);
  if (!value || value->size() != 2) return std::nullopt;
  return ReadWord(*value);
}

std::optional<uint32_t> Options::Long(uint8_t code) const {
  const auto value = Find(code);
  if (!value || value->size() != 4) return std::nullopt;
  return ReadLong(*value);
}

std::optional<Ipv4> Options::Address(uint8_t code) const {
  const std::optional<uint32_t> value = Long(code);
  if (!value) return std::nullopt;
  return Ipv4{*value};
}

std::optional<std::span<const uint8_t>> FindSuboption(std::span<const uint8_t> area, uint8_t code) {
  std::optional<std::span<const uint8_t>> found;
  ForEachOption(area, [&](uint8_t sub, std::span<const uint8_t> value) {
    if (sub == code && !found) found = value;
  });
  return found;
}

std::string_view ToString(MessageType type) {
  switch (type) {
    case MessageType::kBootp:
      return "BOOTP";
    case MessageType::kDiscover:
      return "DISCOVER";
    case MessageType::kOffer:
      return "OFFER";
    case MessageType::kRequest:
      return "REQUEST";
    case MessageType::kDecline:
      return "DECLINE";
    case MessageType::kAck:
      return "ACK";
    case MessageType::kNak:
      return "NAK";
    case MessageType::kRelease:
      return "RELEASE";
    case MessageType::kInform:
      return "INFORM";
  }
  return "UNKNOWN";
}

std::string_view ToString(ParseError error) {
  switch (error) {
    case ParseError::kTooShort:
      return "TooShort";
    case ParseError::kTooLong:
      return "TooLong";
    case ParseError::kNotRequest:
      return "NotRequest";
    case ParseError::kNotEthernet:
      return "NotEthernet";
    case ParseError::kTooManyHops:
      return "TooManyHops";
    case ParseError::kBadMac:
      return "BadMac";
    case ParseError::kNoCookie:
      return "NoCookie";
    case ParseError::kBadOption:
      return "BadOption";
    case ParseError::kBadMessageType:
      return "BadMessageType";
  }
  return "BadPacket";
}

}  // namespace slipway::dhcp
