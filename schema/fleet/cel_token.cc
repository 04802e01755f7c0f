#include "schema/fleet/cel_token.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <limits>

namespace slipway::cel {
namespace {

using Kind = Type::Kind;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

constexpr std::string_view kLongSigns[] = {"||", "&&", "==", "!=", "<=", ">="};

}  // namespace

void Tokens::SkipSpace() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      ++at_;
    } else if (text_.substr(at_).starts_with("//")) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else {
      return;
    }
  }
}

size_t Tokens::at() {
  SkipSpace();
  return at_;
}

bool Tokens::AtEnd() { return at() == text_.size(); }

bool Tokens::Take(std::string_view sign) {
  SkipSpace();
  const std::string_view rest = text_.substr(at_);
  if (!rest.starts_with(sign)) return false;
  for (const std::string_view longer : kLongSigns) {
    if (longer.size() > sign.size() && rest.starts_with(longer)) return false;
  }
  at_ += sign.size();
  return true;
}

bool Tokens::TakeWord(std::string_view word) {
  SkipSpace();
  const std::string_view rest = text_.substr(at_);
  if (!rest.starts_with(word) || (rest.size() > word.size() && IsWord(rest[word.size()]))) return false;
  at_ += word.size();
  return true;
}

std::string_view Tokens::TakeIdentifier() {
  SkipSpace();
  if (IsDigit(Peek(0))) return {};
  const size_t begin = at_;
  while (IsWord(Peek(0))) ++at_;
  return text_.substr(begin, at_ - begin);
}

bool Tokens::NextIsDigit() {
  SkipSpace();
  return IsDigit(Peek(0)) || (Peek(0) == '.' && IsDigit(Peek(1)));
}

bool Tokens::NextIsText() {
  SkipSpace();
  const size_t quote = text_.find_first_not_of("rRbB", at_);
  if (quote == std::string_view::npos || (text_[quote] != '"' && text_[quote] != '\'')) return false;
  const std::string_view prefix = text_.substr(at_, quote - at_);
  const auto is_raw = [](char c) { return c == 'r' || c == 'R'; };
  return prefix.size() < 2 || (prefix.size() == 2 && !is_raw(prefix[0]) && is_raw(prefix[1]));
}

tl::unexpected<CelProblem> Tokens::Problem(size_t at, std::string message) const {
  return tl::make_unexpected(CelProblem{std::min(at, text_.size()), std::move(message)});
}

tl::expected<Type, CelProblem> Tokens::TakeNumber(bool negative) {
  const size_t begin = at_;
  const bool hex = Peek(0) == '0' && Peek(1) == 'x';
  bool real = false;
  if (hex) at_ += 2;
  const size_t digits = at_;
  while (hex ? IsHex(Peek(0)) : IsDigit(Peek(0))) ++at_;
  if (!hex && Peek(0) == '.' && IsDigit(Peek(1))) {
    real = true;
    ++at_;
    while (IsDigit(Peek(0))) ++at_;
  }
  const size_t sign = Peek(1) == '+' || Peek(1) == '-' ? 2 : 1;
  if (!hex && (Peek(0) == 'e' || Peek(0) == 'E') && IsDigit(Peek(sign))) {
    real = true;
    at_ += sign;
    while (IsDigit(Peek(0))) ++at_;
  }
  if (real) return Type{Kind::kDouble};
  uint64_t value = 0;
  const auto parsed = std::from_chars(text_.data() + digits, text_.data() + at_, value, hex ? 16 : 10);
  const bool is_unsigned = Peek(0) == 'u' || Peek(0) == 'U';
  if (is_unsigned) ++at_;
  const uint64_t most = static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) + (negative ? 1 : 0);
  if (parsed.ec != std::errc{} || (!is_unsigned && value > most))
    return Problem(begin, "the number is too large");
  return Type{is_unsigned ? Kind::kUint : Kind::kInt};
}

bool Tokens::TakeDigits(size_t count, int base) {
  for (size_t i = 0; i < count; ++i) {
    const bool good = base == 16 ? IsHex(Peek(i)) : Peek(i) >= '0' && Peek(i) <= '7';
    if (!good) return false;
  }
  uint32_t point = 0;
  std::from_chars(text_.data() + at_, text_.data() + at_ + count, point, base);
  at_ += count;
  return count < 4 || (point < 0x110000 && (point < 0xd800 || point > 0xdfff));
}

/// After the backslash.
bool Tokens::TakeEscape(bool bytes) {
  const char c = Peek(0);
  if (std::string_view("abfnrtv\"'\\`?").find(c) != std::string_view::npos && c != '\0') {
    ++at_;
    return true;
  }
  if (c >= '0' && c <= '3') return TakeDigits(3, 8);
  ++at_;
  if (c == 'x' || c == 'X') return TakeDigits(2, 16);
  if (bytes) return false;
  return (c == 'u' && TakeDigits(4, 16)) || (c == 'U' && TakeDigits(8, 16));
}

tl::expected<Type, CelProblem> Tokens::TakeText() {
  const size_t begin = at_;
  bool raw = false;
  bool bytes = false;
  for (; text_[at_] != '"' && text_[at_] != '\''; ++at_) {
    raw = raw || text_[at_] == 'r' || text_[at_] == 'R';
    bytes = bytes || text_[at_] == 'b' || text_[at_] == 'B';
  }
  const std::string_view three = text_.substr(at_, 3);
  const bool is_long = three == "\"\"\"" || three == "'''";
  const std::string_view end = is_long ? three : text_.substr(at_, 1);
  at_ += end.size();
  while (at_ < text_.size()) {
    if (text_.substr(at_).starts_with(end)) {
      at_ += end.size();
      return Type{bytes ? Kind::kBytes : Kind::kString};
    }
    const char c = text_[at_++];
    if ((c == '\n' || c == '\r') && !is_long) break;
    if (c == '\\' && !raw && !TakeEscape(bytes)) return Problem(at_, "this escape is not known in a text");
  }
  return Problem(begin, "a text lacks its closing quote");
}

}  // namespace slipway::cel
