#include "reconciler/secrets/age_header.h"

#include <algorithm>
#include <optional>

#include "reconciler/secrets/text_codes.h"

namespace slipway::secrets {
namespace {

constexpr std::string_view kVersion = "age-encryption.org/v1";
constexpr size_t kColumns = 64;
constexpr size_t kColumnBytes = 48;
constexpr std::string_view kSpace = " \t\r\n";

tl::unexpected<AgeError> Armor(const char* detail) {
  return tl::make_unexpected(AgeError{AgeError::Kind::kArmor, detail});
}
tl::unexpected<AgeError> Header(const char* detail) {
  return tl::make_unexpected(AgeError{AgeError::Kind::kHeader, detail});
}

/// Takes a line of armor, whose end is LF, CRLF or the end of the text.
std::string_view TakeArmorLine(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  if (end < text.size() && line.ends_with('\r')) line.remove_suffix(1);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// Takes a header line, which only LF ends.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

bool SplitWords(std::string_view line, std::vector<std::string_view>& words) {
  while (true) {
    const size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    const bool visible = std::all_of(word.begin(), word.end(), [](char c) { return c > 32 && c < 127; });
    if (word.empty() || !visible) return false;
    words.push_back(word);
    if (end == line.size()) return true;
    line.remove_prefix(end + 1);
  }
}

tl::expected<AgeStanza, AgeError> TakeStanza(std::string_view line, std::string_view& rest) {
  AgeStanza stanza;
  if (!line.starts_with("-> ") || !SplitWords(line.substr(3), stanza.words))
    return Header("a recipient's line is malformed");
  while (true) {
    const auto body = TakeLine(rest);
    if (!body || body->size() > kColumns) return Header("a recipient's lines do not end");
    const auto bytes = DecodeBase64(*body, Padding::kNone);
    if (!bytes) return Header("a recipient's line is no canonical base64");
    stanza.body.insert(stanza.body.end(), bytes->begin(), bytes->end());
    if (body->size() < kColumns) return stanza;
  }
}

}  // namespace

tl::expected<SecretBytes, AgeError> Dearmor(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  if (TakeArmorLine(text) != kArmorBegin) return Armor("the first line of the armor is malformed");
  SecretBytes bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (bool last = false; !text.empty();) {
    const std::string_view line = TakeArmorLine(text);
    if (line == kArmorEnd) {
      if (text.find_first_not_of(kSpace) != std::string_view::npos)
        return Armor("something stands behind the last line of the armor");
      return bytes;
    }
    if (last || line.empty() || line.size() > kColumns) return Armor("a line has the wrong length");
    const auto decoded = DecodeBase64(line, Padding::kRequired);
    if (!decoded) return Armor("a line is no canonical base64");
    bytes.insert(bytes.end(), decoded->begin(), decoded->end());
    last = decoded->size() < kColumnBytes;
  }
  return Armor("the last line of the armor is missing");
}

tl::expected<AgeHeader, AgeError> ParseAgeHeader(std::string_view file) {
  std::string_view rest = file;
  const auto version = TakeLine(rest);
  if (!version || *version != kVersion) return Header("it does not begin with age-encryption.org/v1");
  AgeHeader header;
  while (true) {
    const size_t line_start = file.size() - rest.size();
    const auto line = TakeLine(rest);
    if (!line) return Header("it ends within the header");
    if (!line->starts_with("---")) {
      auto stanza = TakeStanza(*line, rest);
      if (!stanza) return tl::make_unexpected(stanza.error());
      header.stanzas.push_back(*std::move(stanza));
      continue;
    }
    header.authenticated = file.substr(0, line_start + 3);
    std::optional<SecretBytes> mac;
    if (line->starts_with("--- ")) mac = DecodeBase64(line->substr(4), Padding::kNone);
    if (!mac || mac->size() != 32) return Header("the header's MAC is malformed");
    if (header.stanzas.empty()) return Header("it has no recipient");
    header.mac = *std::move(mac);
    header.payload = rest;
    return header;
  }
}

}  // namespace slipway::secrets
