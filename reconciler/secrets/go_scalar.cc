#include "reconciler/secrets/go_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include "schema/fleet/yaml_resolve.h"

namespace slipway::secrets {
namespace {

using Kind = GoScalar::Kind;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool OneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// The words that mean something; nullopt for all other texts.
std::optional<GoScalar> Word(std::string_view text) {
  if (OneOf(text, {"", "~", "null", "Null", "NULL"})) return GoScalar{Kind::kNull, ""};
  if (OneOf(text, {"true", "True", "TRUE"})) return GoScalar{Kind::kOther, "True"};
  if (OneOf(text, {"false", "False", "FALSE"})) return GoScalar{Kind::kOther, "False"};
  if (OneOf(text, {".nan", ".NaN", ".NAN"})) return GoScalar{Kind::kOther, "NaN"};
  if (OneOf(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) return GoScalar{Kind::kOther, "+Inf"};
  if (OneOf(text, {"-.inf", "-.Inf", "-.INF"})) return GoScalar{Kind::kOther, "-Inf"};
  return std::nullopt;
}

/// Go's strconv.ParseInt with base 0, then ParseUint: a base by prefix (0b, 0o, 0x in either case), octal
/// after a leading zero. Only decimal text comes back.
std::optional<std::string> Integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  const bool sign = negative || text.starts_with('+');
  std::string_view digits = text.substr(sign ? 1 : 0);
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    const char mark = static_cast<char>(digits[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    digits.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  }
  uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, value, base);
  if (digits.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  constexpr uint64_t kLargest = std::numeric_limits<int64_t>::max();
  if (negative && value > kLargest + 1) return std::nullopt;
  if (sign && !negative && value > kLargest) return std::nullopt;
  return (negative && value != 0 ? "-" : "") + std::to_string(value);
}

std::optional<GoScalar> Float(std::string_view text) {
  if (!yaml::IsDecimalFloat(text)) return std::nullopt;
  const auto value = ParseGoFloat(text);
  if (!value) return std::nullopt;  // beyond a double: Go leaves it a string
  return GoScalar{Kind::kOther, FormatGoFloat(*value)};
}

GoScalar Plain(const std::string& text, bool times) {
  if (auto word = Word(text)) return *std::move(word);
  const char first = text.front();
  GoScalar string{Kind::kString, text};
  if (first == '.') return Float(text).value_or(std::move(string));
  if (!IsDigit(first) && first != '+' && first != '-') return string;
  if (times) {
    if (auto time = NormaliseTime(text, TimeForm::kYaml, Fraction::kKeep))
      return {Kind::kOther, *std::move(time)};
  }
  std::string digits = text;
  std::erase(digits, '_');
  if (auto integer = Integer(digits)) return {Kind::kOther, *std::move(integer)};
  return Float(digits).value_or(std::move(string));
}

}  // namespace

GoScalar TypeAsGo(const yaml::ScalarSource& source) {
  using Style = yaml::ScalarSource::Style;
  if (source.style == Style::kQuoted) return {Kind::kString, source.text};
  if (source.style == Style::kPlain) return Plain(source.text, true);
  if (source.tag == "str") return {Kind::kString, source.text};
  if (source.tag == "null") return {Kind::kNull, ""};
  GoScalar typed = Plain(source.text, false);
  if (source.tag != "float") return typed;
  const auto value = ParseGoFloat(typed.text);  // an integer that is tagged as a float
  return value ? GoScalar{Kind::kOther, FormatGoFloat(*value)} : typed;
}

std::string FormatGoFloat(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Inf" : "+Inf";
  std::array<char, 64> buffer{};
  // Fixed notation prints every digit of a large number; Go pads the shortest digits with zeros.
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                 std::chars_format::scientific)
                       .ptr;
  const std::string_view text(buffer.data(), static_cast<size_t>(end - buffer.data()));
  const size_t mark = text.find('e');
  std::string digits(text.substr(0, mark));
  std::erase(digits, '.');
  int exponent = 0;
  const size_t sign = text[mark + 1] == '+' ? 2 : 1;
  std::from_chars(text.data() + mark + sign, text.data() + text.size(), exponent);
  const auto count = static_cast<int>(digits.size());
  std::string out = std::signbit(value) ? "-" : "";
  if (exponent < 0) {
    out += "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  } else if (exponent + 1 >= count) {
    out += digits + std::string(static_cast<size_t>(exponent + 1 - count), '0');
  } else {
    out += digits.substr(0, static_cast<size_t>(exponent + 1)) + '.' +
           digits.substr(static_cast<size_t>(exponent + 1));
  }
  return out;
}

std::optional<double> ParseGoFloat(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (OneOf(text, {"NaN", "nan"})) return std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  if (OneOf(text, {"Inf", "inf"})) {
    value = std::numeric_limits<double>::infinity();
  } else {
    if (text.empty() || !(IsDigit(text.front()) || text.front() == '.')) return std::nullopt;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    if (parsed.ptr != end) return std::nullopt;
    if (parsed.ec == std::errc::result_out_of_range) {
      value = std::strtod(std::string(text).c_str(), nullptr);  // tells too small (zero) from too large
      if (std::isinf(value)) return std::nullopt;
    } else if (parsed.ec != std::errc{}) {
      return std::nullopt;
    }
  }
  return negative ? -value : value;
}

}  // namespace slipway::secrets
