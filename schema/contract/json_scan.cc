#include "schema/contract/json_scan.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace slipway {

JsonScanner::Token JsonScanner::Next() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) {
    ++at_;
  }
  if (at_ == text_.size()) return Token::kEnd;
  switch (text_[at_]) {
    case '{':
      ++at_;
      return Token::kObject;
    case '}':
      ++at_;
      return Token::kObjectEnd;
    case '[':
      ++at_;
      return Token::kArray;
    case ']':
      ++at_;
      return Token::kArrayEnd;
    case ':':
      ++at_;
      return Token::kColon;
    case ',':
      ++at_;
      return Token::kComma;
    case '"':
      return String();
    default:
      return Number();
  }
}

JsonScanner::Token JsonScanner::String() {
  const size_t start = at_ + 1;
  bool plain = true;
  for (size_t i = start; i < text_.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text_[i]);
    if (byte == '"') {
      if (!plain) return EscapedString(i + 1);
      string_ = text_.substr(start, i - start);
      at_ = i + 1;
      return Token::kString;
    }
    if (byte < 0x20) return Token::kBad;
    if (byte >= 0x80) plain = false;
    if (byte == '\\') {
      plain = false;
      ++i;  // whatever is escaped does not end the string
    }
  }
  return Token::kBad;
}

/// Escapes and bytes beyond ASCII are rare: the library decodes and checks them.
JsonScanner::Token JsonScanner::EscapedString(size_t end) {
  const std::string_view token = text_.substr(at_, end - at_);
  const auto value = nlohmann::json::parse(token.begin(), token.end(), nullptr, false);
  const auto* text = value.get_ptr<const nlohmann::json::string_t*>();
  if (text == nullptr) return Token::kBad;
  unescaped_ = *text;
  string_ = unescaped_;
  at_ = end;
  return Token::kString;
}

JsonScanner::Token JsonScanner::Number() {
  const char* const begin = text_.data() + at_;
  const char* const end = text_.data() + text_.size();
  const auto [stop, error] = std::from_chars(begin, end, number_);
  if (error != std::errc{}) return Token::kBad;
  const char first = *begin == '-' ? begin[1] : *begin;
  const bool leading_zero = first == '0' && stop - begin > (*begin == '-' ? 2 : 1);
  const bool fraction = stop != end && (*stop == '.' || *stop == 'e' || *stop == 'E');
  if (leading_zero || fraction) return Token::kBad;
  at_ = static_cast<size_t>(stop - text_.data());
  return Token::kNumber;
}

}  // namespace slipway
