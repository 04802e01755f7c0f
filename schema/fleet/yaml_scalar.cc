#include "schema/fleet/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "schema/fleet/utf8.h"

namespace slipway::yaml {
namespace {

enum Class : uint8_t {
  kPlainAnywhere = 1,  ///< inside a plain scalar whatever stands around it
  kPlainFirst = 2,     ///< may begin a plain scalar
  kNumeric = 4,        ///< occurs in some number, date or base-60 value of YAML 1.1 or 1.2
  kLiteralByte = 8,    ///< may stand in a literal block
};

constexpr std::array<uint8_t, 256> MakeClasses() {
  std::array<uint8_t, 256> table{};
  const auto mark = [&table](std::string_view bytes, uint8_t bits) {
    for (const char c : bytes) table[static_cast<uint8_t>(c)] |= bits;
  };
  const std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  mark(letters, kPlainAnywhere | kPlainFirst);
  mark("0123456789/_$.+(^;", kPlainAnywhere | kPlainFirst);
  mark("-", kPlainAnywhere | kPlainFirst);  // its dangerous forms are looked at one by one
  mark(")=@%!~&*<>|'\"\\`?,[]{}", kPlainAnywhere);
  mark("0123456789abcdefABCDEFoOxX+-._:,tTzZiInN ", kNumeric);
  for (unsigned byte = 0x20; byte < 0x7f; ++byte) table[byte] |= kLiteralByte;
  mark("\t\n", kLiteralByte);
  return table;
}
constexpr std::array<uint8_t, 256> kClasses = MakeClasses();

bool Has(char c, Class bit) { return (kClasses[static_cast<uint8_t>(c)] & bit) != 0; }

/// Words that are null or a boolean to a reader of YAML 1.1 or 1.2, in any case.
bool IsReservedWord(std::string_view text) {
  if (text.size() > 5) return false;
  std::array<char, 5> lower{};
  std::transform(text.begin(), text.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  static constexpr std::string_view kWords[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"};
  return std::find(std::begin(kWords), std::end(kWords), std::string_view(lower.data(), text.size())) !=
         std::end(kWords);
}

/// 10.0.0.1 is no number to any reader.
bool IsDottedDigits(std::string_view text) {
  return text.front() != '.' && text.find_first_not_of("0123456789.") == std::string_view::npos &&
         std::count(text.begin(), text.end(), '.') >= 2;
}

bool IsPlain(std::string_view text) {
  const char first = text.front();
  if (!Has(first, kPlainFirst) || text.back() == ' ' || text.back() == ':') return false;
  if (first == '-' && (text.size() == 1 || text[1] == ' ' || text.starts_with("---"))) return false;
  bool numeric = true;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    numeric = numeric && Has(c, kNumeric);
    if (Has(c, kPlainAnywhere)) continue;
    // The last byte is neither ':' nor ' ', so there is a next one.
    if (c == ':' && text[i + 1] != ' ') continue;
    if (c == '#' && text[i - 1] != ' ') continue;
    if (c == ' ') continue;
    return false;
  }
  const bool starts_number = (first >= '0' && first <= '9') || first == '+' || first == '-' || first == '.';
  if (starts_number) return !numeric || IsDottedDigits(text);
  return !IsReservedWord(text);
}

/// Lossless as a literal block for every reader we know: no white space that could be taken for indentation,
/// no line of white space alone, and of the characters beyond ASCII none that YAML 1.1 calls a line break.
bool IsLiteral(std::string_view text) {
  if (text.front() == '\n' || text.front() == ' ' || text.front() == '\t') return false;
  size_t line_start = 0;
  bool blank = true;
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '\n') {
      if (blank && i > line_start) return false;
      line_start = ++i;
      blank = true;
      continue;
    }
    if (static_cast<uint8_t>(c) < 0x80) {
      if (!Has(c, kLiteralByte) || (c == '\t' && i == line_start)) return false;
      blank = blank && (c == ' ' || c == '\t');
      ++i;
      continue;
    }
    const CodePoint point = DecodeUtf8(text.substr(i));
    const bool printable = point.value >= 0xa0 && point.value != 0x2028 && point.value != 0x2029 &&
                           point.value != 0xfeff && (point.value & 0xfffeU) != 0xfffe;
    if (point.length == 0 || !printable) return false;
    blank = false;
    i += point.length;
  }
  return !blank || line_start == text.size();
}

void AppendHex(std::string& out, uint32_t value, int digits) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
    out += kDigits[value >> static_cast<unsigned>(shift) & 15U];
}

/// Appends the escape of an ASCII byte; false when it stands for itself.
bool AppendEscape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return true;
    case '\\':
      out += "\\\\";
      return true;
    case '\n':
      out += "\\n";
      return true;
    case '\r':
      out += "\\r";
      return true;
    case '\t':
      out += "\\t";
      return true;
    default:
      break;
  }
  const auto byte = static_cast<uint8_t>(c);
  if (byte >= 0x20 && byte < 0x7f) return false;
  out += "\\x";
  AppendHex(out, byte, 2);
  return true;
}

void AppendFloat(std::string& out, double value) {
  if (std::isnan(value)) {
    out += ".nan";
    return;
  }
  if (std::isinf(value)) {
    out += value < 0 ? "-.inf" : ".inf";
    return;
  }
  std::array<char, 64> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  const std::string_view text(buffer.data(), static_cast<size_t>(end - buffer.data()));
  // YAML 1.1 only takes a number for a float when it has a point, and an exponent only when it has a sign.
  const size_t exponent = text.find('e');
  out += text.substr(0, exponent);
  if (text.substr(0, exponent).find('.') == std::string_view::npos) out += ".0";
  if (exponent != std::string_view::npos) out += text.substr(exponent);
}

}  // namespace

Style ChooseStyle(std::string_view text) {
  if (text.empty()) return Style::kQuoted;
  if (IsPlain(text)) return Style::kPlain;
  if (text.find('\n') == std::string_view::npos) return Style::kQuoted;
  return IsLiteral(text) ? Style::kLiteral : Style::kQuoted;
}

void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  size_t run = 0;  // of bytes that stand for themselves, appended together
  size_t i = 0;
  const auto flush = [&] { out.append(text, run, i - run); };
  while (i < text.size()) {
    const char c = text[i];
    if (static_cast<uint8_t>(c) < 0x80) {
      const bool itself = static_cast<uint8_t>(c) >= 0x20 && c != 0x7f && c != '"' && c != '\\';
      if (!itself) {
        flush();
        AppendEscape(out, c);
        run = i + 1;
      }
      ++i;
      continue;
    }
    const CodePoint point = DecodeUtf8(text.substr(i));
    const bool printable = point.value >= 0xa0 && point.value != 0x2028 && point.value != 0x2029 &&
                           point.value != 0xfeff && (point.value & 0xfffeU) != 0xfffe;
    if (point.length == 0) {
      flush();
      out += "\xEF\xBF\xBD";
      run = ++i;
    } else if (!printable) {
      flush();
      out += point.value < 0x10000 ? "\\u" : "\\U";
      AppendHex(out, point.value, point.value < 0x10000 ? 4 : 8);
      run = i += point.length;
    } else {
      i += point.length;
    }
  }
  flush();
  out += '"';
}

void AppendAtom(std::string& out, const Value& value) {
  if (const bool* truth = value.AsBool()) {
    out += *truth ? "true" : "false";
  } else if (const Integer* integer = value.AsInteger()) {
    out += std::to_string(integer->value);
  } else if (const Float* number = value.AsFloat()) {
    AppendFloat(out, number->value);
  } else {
    out += "null";
  }
}

}  // namespace slipway::yaml
