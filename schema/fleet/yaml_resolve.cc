#include "schema/fleet/yaml_resolve.h"

#include <charconv>
#include <cstdlib>
#include <limits>

namespace slipway::yaml {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsNullWord(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

std::optional<bool> BoolWord(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

/// Digits of a base; beyond int64 the number is a float.
Value FromBase(std::string_view digits, int base) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (error == std::errc{} && number <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return Value(static_cast<int64_t>(number));
  }
  double value = 0;
  for (const char c : digits) {
    const int digit = IsDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value * base + digit;
  }
  return Value(value);
}

bool AllOf(std::string_view text, std::string_view set) {
  return !text.empty() && text.find_first_not_of(set) == std::string_view::npos;
}

double ToDouble(std::string_view text) {
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc::result_out_of_range) return value;
  // from_chars leaves `value` alone here, strtod tells too large (infinity) from too small (zero).
  return std::strtod(std::string(text).c_str(), nullptr);
}

std::optional<Value> Special(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::string_view body = text;
  if (negative || text.starts_with('+')) body.remove_prefix(1);
  if (body == ".inf" || body == ".Inf" || body == ".INF") {
    const double infinity = std::numeric_limits<double>::infinity();
    return Value(negative ? -infinity : infinity);
  }
  if (text == ".nan" || text == ".NaN" || text == ".NAN") {
    return Value(std::numeric_limits<double>::quiet_NaN());
  }
  return std::nullopt;
}

std::optional<Value> Number(std::string_view text) {
  if (text.starts_with("0o") && AllOf(text.substr(2), "01234567")) return FromBase(text.substr(2), 8);
  if (text.starts_with("0x") && AllOf(text.substr(2), "0123456789abcdefABCDEF")) {
    return FromBase(text.substr(2), 16);
  }
  std::string_view unsigned_text = text;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) unsigned_text.remove_prefix(1);
  if (AllOf(unsigned_text, "0123456789")) {
    int64_t number = 0;
    const std::string_view digits = text.front() == '+' ? unsigned_text : text;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc{}) return Value(number);
    return Value(ToDouble(text));
  }
  if (IsDecimalFloat(text)) return Value(ToDouble(text));
  return Special(text);
}

}  // namespace

bool IsDecimalFloat(std::string_view text) {
  size_t i = 0;
  const auto digits = [&] {
    const size_t start = i;
    while (i < text.size() && IsDigit(text[i])) ++i;
    return i - start;
  };
  const auto sign = [&] {
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  };
  sign();
  const size_t whole = digits();
  if (i < text.size() && text[i] == '.') {
    ++i;
    const size_t fraction = digits();
    if (whole == 0 && fraction == 0) return false;
  } else if (whole == 0) {
    return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    sign();
    if (digits() == 0) return false;
  }
  return i == text.size();
}

Value ResolvePlain(const std::string& text) {
  if (text.empty()) return Value();
  const char first = text.front();
  if (IsDigit(first) || first == '-' || first == '+' || first == '.') {
    if (auto number = Number(text)) return number->Spelled(text);
    return Value(text);
  }
  if (text.size() <= 5) {
    if (IsNullWord(text)) return Value();
    if (const auto word = BoolWord(text)) return Value(*word);
  }
  return Value(text);
}

bool IsKnownScalarTag(std::string_view tag) {
  if (tag == "!") return true;
  if (!tag.starts_with(kTagPrefix)) return false;
  tag.remove_prefix(kTagPrefix.size());
  return tag == "str" || tag == "int" || tag == "float" || tag == "bool" || tag == "null";
}

std::optional<Value> ResolveTagged(std::string_view tag, const std::string& text) {
  if (tag == "!") return Value(text);
  if (!tag.starts_with(kTagPrefix)) return std::nullopt;
  tag.remove_prefix(kTagPrefix.size());
  if (tag == "str") return Value(text);
  Value plain = ResolvePlain(text);
  if (tag == "null" && plain.IsNull()) return plain;
  if (tag == "bool" && plain.AsBool() != nullptr) return plain;
  if (tag == "int" && plain.AsInteger() != nullptr) return plain;
  if (tag == "float" && plain.AsFloat() != nullptr) return plain;
  if (tag == "float" && plain.AsInteger() != nullptr)
    return Value(static_cast<double>(plain.AsInteger()->value));
  return std::nullopt;
}

}  // namespace slipway::yaml
