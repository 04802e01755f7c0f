#include "bootnet/dhcp/encode.h"

#include <algorithm>
#include <array>

namespace slipway::dhcp {
namespace {

constexpr size_t kHeaderSize = 240;
constexpr size_t kMinReply = 300;
constexpr size_t kDefaultLimit = 548;    // RFC 2131 §2: 576 bytes less IP and UDP headers
constexpr size_t kEthernetLimit = 1472;  // never a fragment: ROMs do not reassemble; edk2 drops longer ones

constexpr size_t kCiaddr = 12;
constexpr std::array<uint8_t, 2> kEchoed{kOptClientId, kOptRelayAgent};

void PutLong(std::vector<uint8_t>& bytes, size_t at, uint32_t value) {
  for (size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<uint8_t>(value >> (24 - 8 * i));
}

size_t LimitOf(const Packet& request) {
  const std::optional<uint16_t> size = request.options.Word(kOptMaxMessageSize);
  if (!size) return kDefaultLimit;
  // RFC 2132 §9.10: 576 is the least a client may say. Some say less; they meant the least.
  return std::min<size_t>(std::max<size_t>(*size, 576) - 28, kEthernetLimit);
}

}  // namespace

ReplyWriter::ReplyWriter(const Packet& request, MessageType type, const ReplySide& side) : request_(request) {
  bytes_.reserve(kDefaultLimit);
  bytes_.resize(kHeaderSize, 0);
  bytes_[0] = 2;
  bytes_[1] = 1;
  bytes_[2] = 6;
  PutLong(bytes_, 4, request.xid);
  bytes_[10] = static_cast<uint8_t>(request.flags >> 8U);
  bytes_[11] = static_cast<uint8_t>(request.flags);
  PutLong(bytes_, kCiaddr, request.ciaddr.value);
  // iPXE asks 4011 for ever when siaddr is 0, whatever else the reply holds.
  PutLong(bytes_, 20, side.next_server.value);
  PutLong(bytes_, 24, request.giaddr.value);
  std::copy(request.chaddr.begin(), request.chaddr.end(), bytes_.begin() + 28);
  PutLong(bytes_, 236, 0x63825363);
  for (uint8_t code : kEchoed) {
    if (const auto value = request.options.Find(code)) tail_ += 2 + value->size();
  }
  if (type == MessageType::kBootp) return;
  const auto type_byte = static_cast<uint8_t>(type);
  Add(kOptMessageType, std::span(&type_byte, 1));
  // edk2 drops an offer without a server identifier and never leaves DISCOVER.
  AddLong(kOptServerId, side.server_id.value);
}

void ReplyWriter::SetYourAddress(Ipv4 address) { PutLong(bytes_, 16, address.value); }

void ReplyWriter::SetClientAddress(Ipv4 address) { PutLong(bytes_, kCiaddr, address.value); }

void ReplyWriter::SetBroadcastFlag() { bytes_[10] |= 0x80U; }

bool ReplyWriter::SetFile(std::string_view name) {
  if (name.size() > 127) return false;
  std::copy(name.begin(), name.end(), bytes_.begin() + 108);
  return true;
}

void ReplyWriter::SetServerName(std::string_view text) {
  text = text.substr(0, 63);
  std::copy(text.begin(), text.end(), bytes_.begin() + 44);
}

void ReplyWriter::Add(uint8_t code, std::span<const uint8_t> value) {
  if (value.size() > 255) {
    state_ = State::kTooLong;
    return;
  }
  bytes_.push_back(code);
  bytes_.push_back(static_cast<uint8_t>(value.size()));
  bytes_.insert(bytes_.end(), value.begin(), value.end());
}

void ReplyWriter::Add(uint8_t code, std::string_view text) {
  Add(code, std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

void ReplyWriter::AddLong(uint8_t code, uint32_t value) {
  const std::array<uint8_t, 4> bytes{static_cast<uint8_t>(value >> 24U), static_cast<uint8_t>(value >> 16U),
                                     static_cast<uint8_t>(value >> 8U), static_cast<uint8_t>(value)};
  Add(code, bytes);
}

void ReplyWriter::AddAddresses(uint8_t code, std::span<const Ipv4> addresses) {
  std::vector<uint8_t> value(4 * addresses.size());
  for (size_t i = 0; i < addresses.size(); ++i) PutLong(value, 4 * i, addresses[i].value);
  if (!value.empty()) AddIfFits(code, value);
}

void ReplyWriter::AddIfFits(uint8_t code, std::span<const uint8_t> value) {
  if (value.size() > 255 || bytes_.size() + 2 + value.size() + tail_ > LimitOf(request_)) return;
  Add(code, value);
}

void ReplyWriter::AddTerminated(uint8_t code, std::string_view text) {
  std::vector<uint8_t> value(text.begin(), text.end());
  value.push_back(0);
  Add(code, value);
}

std::optional<std::vector<uint8_t>> ReplyWriter::Finish() {
  for (uint8_t code : kEchoed) {
    if (const auto value = request_.options.Find(code)) Add(code, *value);
  }
  bytes_.push_back(kOptEnd);
  if (bytes_.size() < kMinReply) bytes_.resize(kMinReply, 0);
  if (state_ != State::kGood || bytes_.size() > LimitOf(request_)) return std::nullopt;
  return std::move(bytes_);
}

}  // namespace slipway::dhcp
