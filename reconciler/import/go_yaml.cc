#include "reconciler/import/go_yaml.h"

#include <re2/re2.h>
#include <algorithm>

#include "reconciler/import/fields.h"

namespace slipway::imports {
namespace {

constexpr size_t kIndent = 4;

/// Below a mapping's key, lines begin at the next multiple of the indent.
size_t Deeper(size_t indent) { return kIndent * ((indent + kIndent) / kIndent); }

/// Texts that a plain scalar would turn into another type, for a YAML 1.2 or a YAML 1.1 reader.
bool ResolvesToOtherType(const std::string& text) {
  static const re2::RE2 kWords(
      "~|null|Null|NULL|true|True|TRUE|false|False|FALSE|<<|[yYnN]|yes|Yes|YES|on|On|ON|no|No|NO|off|Off|OFF"
      "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
  static const re2::RE2 kNumbers(
      "[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)|[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?["
      "0-9]+)?"
      "|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?");
  static const re2::RE2 kDates(
      "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\\.[0-9]*)?( "
      "?(Z|[-+][0-9:]+))?)?");
  return text.empty() || re2::RE2::FullMatch(text, kWords) || re2::RE2::FullMatch(text, kNumbers) ||
         re2::RE2::FullMatch(text, kDates);
}

bool NeedsQuotes(const std::string& text) {
  if (text.front() == ' ' || text.back() == ' ') return true;
  if (std::string_view("#,[]{}&*!|>'\"%@`").find(text.front()) != std::string_view::npos) return true;
  const bool indicator = std::string_view("-?:").find(text.front()) != std::string_view::npos;
  if (indicator && (text.size() == 1 || text[1] == ' ')) return true;
  if (text == "---" || text == "..." || text.starts_with("--- ") || text.starts_with("... ")) return true;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == ':' && (i + 1 == text.size() || text[i + 1] == ' ')) return true;
    if (text[i] == '#' && text[i - 1] == ' ') return true;
  }
  return false;
}

bool HasSpecial(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\n') || c == '\x7f';
  });
}

std::string DoubleQuoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        out += c;
    }
  }
  return out + '"';
}

std::string SingleQuoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + '\'';
}

std::string Literal(const std::string& text, size_t indent) {
  const bool newline = text.back() == '\n';
  const bool keep = newline && (text.size() == 1 || text[text.size() - 2] == '\n');
  std::string out = "|";
  if (text.front() == ' ' || text.front() == '\n') out += std::to_string(kIndent);
  out += newline ? (keep ? "+" : "") : "-";
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    out += '\n' + (line.empty() ? "" : std::string(indent, ' ')) + line;
    if (end == std::string::npos) break;
    at = end + 1;
  }
  return out;
}

std::string Scalar(const yaml::Value& value, size_t indent) {
  const std::string* text = value.AsString();
  if (text == nullptr) return value.IsNull() ? "null" : ScalarText(value);
  if (ResolvesToOtherType(*text)) return DoubleQuoted(*text);
  if (HasSpecial(*text)) return DoubleQuoted(*text);
  if (text->find('\n') != std::string::npos) return Literal(*text, indent);
  return NeedsQuotes(*text) ? SingleQuoted(*text) : *text;
}

bool IsBlock(const yaml::Value& value) {
  return (value.AsMapping() != nullptr && !value.AsMapping()->empty()) ||
         (value.AsSequence() != nullptr && !value.AsSequence()->empty());
}

std::string Inline(const yaml::Value& value, size_t indent) {
  if (value.AsMapping() != nullptr) return "{}";
  if (value.AsSequence() != nullptr) return "[]";
  return Scalar(value, indent);
}

void Write(std::string& out, const yaml::Value& value, size_t indent);

void WriteMapping(std::string& out, const yaml::Mapping& entries, size_t indent) {
  bool first = true;
  for (const yaml::Entry& entry : entries) {
    if (!first) out += std::string(indent, ' ');
    first = false;
    out += Scalar(yaml::Value(entry.key), indent) + ':';
    if (IsBlock(entry.value)) {
      out += '\n' + std::string(Deeper(indent), ' ');
      Write(out, entry.value, Deeper(indent));
    } else {
      out += ' ' + Inline(entry.value, Deeper(indent)) + '\n';
    }
  }
}

void Write(std::string& out, const yaml::Value& value, size_t indent) {
  if (const yaml::Mapping* entries = value.AsMapping()) return WriteMapping(out, *entries, indent);
  bool first = true;
  for (const yaml::Value& item : *value.AsSequence()) {
    if (!first) out += std::string(indent, ' ');
    first = false;
    out += "- ";
    if (IsBlock(item)) {
      Write(out, item, indent + 2);
    } else {
      out += Inline(item, indent + 2) + '\n';
    }
  }
}

}  // namespace

std::string WriteGoYaml(const yaml::Value& document) {
  std::string out;
  if (!IsBlock(document)) return Inline(document, 0) + '\n';
  Write(out, document, 0);
  return out;
}

}  // namespace slipway::imports
