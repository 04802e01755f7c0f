#include "bootnet/tftp/packet.h"

#include <algorithm>

namespace slipway::tftp {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Takes one NUL-terminated string off the front.
std::optional<std::string_view> TakeString(std::string_view& rest) {
  const size_t nul = rest.find('\0');
  if (nul == std::string_view::npos) return std::nullopt;
  const std::string_view text = rest.substr(0, nul);
  rest.remove_prefix(nul + 1);
  return text;
}

uint16_t ReadWord(std::span<const uint8_t> at) {
  return static_cast<uint16_t>(static_cast<unsigned>(at[0]) << 8U | at[1]);
}

}  // namespace

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return Lower(x) == Lower(y); });
}

std::optional<uint64_t> ReadRequest::Number(std::string_view name) const {
  for (size_t i = 0; i < option_count; ++i) {
    const auto& [key, text] = options[i];
    if (!EqualsIgnoringCase(key, name)) continue;
    if (text.empty() || text.size() > 18) return std::nullopt;
    uint64_t value = 0;
    for (char c : text) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + static_cast<uint64_t>(c - '0');
    }
    return value;
  }
  return std::nullopt;
}

bool ReadRequest::IsNetascii() const { return EqualsIgnoringCase(mode, "netascii"); }

tl::expected<ReadRequest, RequestError> ParseReadRequest(std::span<const uint8_t> bytes) {
  if (bytes.size() < 2) return tl::make_unexpected(RequestError::kTooShort);
  if (bytes.size() > kMaxRequest) return tl::make_unexpected(RequestError::kTooLong);
  const uint16_t opcode = ReadWord(bytes);
  if (opcode == static_cast<uint16_t>(Opcode::kWriteRequest)) {
    return tl::make_unexpected(RequestError::kWriteRequest);
  }
  if (opcode != static_cast<uint16_t>(Opcode::kReadRequest)) {
    return tl::make_unexpected(RequestError::kNotRequest);
  }
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()) + 2, bytes.size() - 2);
  const auto file = TakeString(rest);
  const auto mode = file ? TakeString(rest) : std::nullopt;
  if (!mode) return tl::make_unexpected(RequestError::kNotTerminated);
  if (file->empty()) return tl::make_unexpected(RequestError::kNoFile);
  if (!EqualsIgnoringCase(*mode, "octet") && !EqualsIgnoringCase(*mode, "netascii")) {
    return tl::make_unexpected(RequestError::kBadMode);
  }
  ReadRequest request;
  request.file = *file;
  request.mode = *mode;
  while (request.option_count < kMaxRequestOptions) {
    // Some ROMs pad the request to a fixed size: what is no pair of strings ends the list.
    const auto name = TakeString(rest);
    const auto value = name ? TakeString(rest) : std::nullopt;
    if (!value || name->empty()) break;
    request.options[request.option_count++] = {*name, *value};
  }
  return request;
}

ClientPacket ParseClientPacket(std::span<const uint8_t> bytes) {
  ClientPacket packet;
  if (bytes.size() < kHeaderSize) return packet;
  const uint16_t opcode = ReadWord(bytes);
  const uint16_t word = ReadWord(bytes.subspan(2));
  if (opcode == static_cast<uint16_t>(Opcode::kAck)) {
    packet.kind = ClientPacket::Kind::kAck;
    packet.block = word;
  } else if (opcode == static_cast<uint16_t>(Opcode::kError)) {
    packet.kind = ClientPacket::Kind::kError;
    packet.error = word;
    std::string_view text(reinterpret_cast<const char*>(bytes.data()) + kHeaderSize,
                          bytes.size() - kHeaderSize);
    packet.message = text.substr(0, std::min<size_t>(text.find('\0'), 128));
  }
  return packet;
}

std::vector<uint8_t> EncodeError(ErrorCode code, std::string_view message) {
  std::vector<uint8_t> bytes(kHeaderSize);
  PutHeader(bytes, Opcode::kError, static_cast<uint16_t>(code));
  bytes.insert(bytes.end(), message.begin(), message.end());
  bytes.push_back(0);
  return bytes;
}

void PutHeader(std::span<uint8_t> out, Opcode opcode, uint16_t block) {
  out[0] = 0;
  out[1] = static_cast<uint8_t>(opcode);
  out[2] = static_cast<uint8_t>(block >> 8U);
  out[3] = static_cast<uint8_t>(block);
}

std::string_view ToString(RequestError error) {
  switch (error) {
    case RequestError::kTooShort:
      return "TooShort";
    case RequestError::kTooLong:
      return "TooLong";
    case RequestError::kNotRequest:
      return "NotRequest";
    case RequestError::kWriteRequest:
      return "WriteRequest";
    case RequestError::kNotTerminated:
      return "NotTerminated";
    case RequestError::kNoFile:
      return "NoFile";
    case RequestError::kBadMode:
      return "BadMode";
  }
  return "BadPacket";
}

}  // namespace slipway::tftp
