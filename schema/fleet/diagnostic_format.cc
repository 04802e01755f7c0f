#include <map>
#include <nlohmann/json.hpp>

#include "schema/fleet/diagnostic.h"
#include "schema/fleet/utf8.h"

namespace slipway {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kLongestText = 4096;

std::string_view Word(Severity severity) { return severity == Severity::kError ? "error" : "warning"; }

/// Texts may hold what users wrote; a byte that is no UTF-8 must not make the report fail.
std::string Dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n'; }

/// A path as the path of a URI reference (RFC 3986 §3.3).
std::string UriPath(std::string_view path) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string uri;
  for (const char c : path) {
    const auto byte = static_cast<uint8_t>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      uri += c;
    } else {
      uri += '%';
      uri += kDigits[byte >> 4U];
      uri += kDigits[byte & 15U];
    }
  }
  return uri;
}

Json SarifResult(const Diagnostic& diagnostic, size_t rule) {
  Json location = Json::object();
  // A problem of the repository itself is shown at its root.
  location["artifactLocation"]["uri"] = diagnostic.file.empty() ? "." : UriPath(diagnostic.file);
  if (diagnostic.mark.line > 0) {
    location["region"]["startLine"] = diagnostic.mark.line;
    if (diagnostic.mark.column > 0) location["region"]["startColumn"] = diagnostic.mark.column;
  }
  Json result = Json::object();
  result["ruleId"] = CodeName(diagnostic.code);
  result["ruleIndex"] = rule;
  result["level"] = Word(diagnostic.severity);
  result["message"]["text"] =
      diagnostic.fix.empty() ? diagnostic.message : diagnostic.message + " ; fix: " + diagnostic.fix;
  result["locations"] = Json::array({Json{{"physicalLocation", location}}});
  return result;
}

}  // namespace

std::string FormatText(const Diagnostic& diagnostic) {
  std::string text = diagnostic.file.empty() ? "(repository)" : ForDisplay(diagnostic.file, kLongestText);
  if (diagnostic.mark.line > 0) {
    text += ':' + std::to_string(diagnostic.mark.line) + ':' + std::to_string(diagnostic.mark.column);
  }
  text += ": " + CodeName(diagnostic.code) + ' ' + std::string(Word(diagnostic.severity)) + ": " +
          ForDisplay(diagnostic.message, kLongestText);
  if (!diagnostic.fix.empty()) text += " ; fix: " + ForDisplay(diagnostic.fix, kLongestText);
  return text;
}

std::string FormatJson(const Diagnostics& diagnostics) {
  Json list = Json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    list.push_back(Json{{"file", diagnostic.file},
                        {"line", diagnostic.mark.line},
                        {"column", diagnostic.mark.column},
                        {"code", CodeName(diagnostic.code)},
                        {"severity", Word(diagnostic.severity)},
                        {"message", diagnostic.message},
                        {"fix", diagnostic.fix}});
  }
  return Dump(list);
}

std::string FormatSarif(const Diagnostics& diagnostics) {
  std::map<int, size_t> rules;
  for (const Diagnostic& diagnostic : diagnostics) rules.emplace(diagnostic.code, 0);
  Json rule_list = Json::array();
  for (auto& [code, index] : rules) {
    index = rule_list.size();
    Json rule = Json::object();
    rule["id"] = CodeName(code);
    rule["shortDescription"]["text"] = CodeTitle(code);
    rule["help"]["text"] = ExplainCode(code);
    rule_list.push_back(std::move(rule));
  }
  Json results = Json::array();
  for (const Diagnostic& diagnostic : diagnostics)
    results.push_back(SarifResult(diagnostic, rules[diagnostic.code]));
  Json run = Json::object();
  run["tool"]["driver"] = Json{{"name", "slipway"}, {"version", SLIPWAY_VERSION}, {"rules", rule_list}};
  run["columnKind"] = "unicodeCodePoints";
  run["results"] = std::move(results);
  return Dump(Json{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                   {"version", "2.1.0"},
                   {"runs", Json::array({run})}});
}

}  // namespace slipway
