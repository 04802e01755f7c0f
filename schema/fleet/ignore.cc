#include "schema/fleet/ignore.h"

#include <optional>

namespace slipway {
namespace {

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> parts;
  size_t start = 0;
  while (start <= text.size()) {
    const size_t slash = std::min(text.find('/', start), text.size());
    parts.emplace_back(text.substr(start, slash - start));
    start = slash + 1;
  }
  return parts;
}

/// Trailing spaces do not count unless a backslash holds the last one.
std::string_view TrimLine(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  while (line.ends_with(' ')) {
    if (line.size() > 1 && line[line.size() - 2] == '\\') break;
    line.remove_suffix(1);
  }
  return line;
}

/// A bracket expression at the front of `pattern` against one character. nullopt when it is never closed;
/// then the bracket stands for itself. `length` is how much of the pattern it takes.
std::optional<bool> MatchBracket(std::string_view pattern, char c, size_t& length) {
  size_t i = 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  for (bool first = true; i < pattern.size(); first = false) {
    if (pattern[i] == ']' && !first) {
      length = i + 1;
      return found != negated;
    }
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    const char low = pattern[i++];
    char high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      high = pattern[i + 1];
      i += 2;
    }
    found = found || (low <= c && c <= high);
  }
  return std::nullopt;
}

/// One character of `text` against the front of `pattern`, which is no `*`. How much of the pattern it takes;
/// 0 when it does not fit.
size_t MatchOne(std::string_view pattern, char c) {
  if (pattern.front() == '?') return 1;
  if (pattern.front() == '[') {
    size_t length = 0;
    if (const auto fits = MatchBracket(pattern, c, length)) return *fits ? length : 0;
  }
  if (pattern.front() == '\\' && pattern.size() > 1) return pattern[1] == c ? 2 : 0;
  return pattern.front() == c ? 1 : 0;
}

}  // namespace

bool MatchSegment(std::string_view pattern, std::string_view text) {
  // On a mismatch only the last star needs to take one character more: an earlier one could not do better.
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;
  size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
      continue;
    }
    const size_t taken = p < pattern.size() ? MatchOne(pattern.substr(p), text[t]) : 0;
    if (taken > 0) {
      p += taken;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

IgnoreRules IgnoreRules::Parse(std::string_view text) {
  IgnoreRules rules;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = TrimLine(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    Rule rule;
    if (line.front() == '!') {
      rule.negated = true;
      line.remove_prefix(1);
    }
    if (line.ends_with('/')) {
      rule.folders_only = true;
      line.remove_suffix(1);
    }
    rule.anchored = line.find('/') != std::string_view::npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    if (line.empty()) continue;
    rule.segments = Split(line);
    rules.rules_.push_back(std::move(rule));
  }
  return rules;
}

bool IgnoreRules::Fits(const Rule& rule, std::string_view path) {
  if (!rule.anchored) return MatchSegment(rule.segments.front(), path.substr(path.rfind('/') + 1));
  const std::vector<std::string> parts = Split(path);
  size_t s = 0;
  size_t p = 0;
  size_t star = std::string::npos;
  size_t star_part = 0;
  while (p < parts.size()) {
    if (s < rule.segments.size() && rule.segments[s] == "**") {
      if (s + 1 == rule.segments.size()) return true;  // everything inside, which there is
      star = s++;
      star_part = p;
    } else if (s < rule.segments.size() && MatchSegment(rule.segments[s], parts[p])) {
      ++s;
      ++p;
    } else if (star != std::string::npos) {
      s = star + 1;
      p = ++star_part;
    } else {
      return false;
    }
  }
  return s == rule.segments.size();
}

bool IgnoreRules::IgnoresItself(std::string_view path, What what) const {
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (rule->folders_only && what == What::kFile) continue;
    if (Fits(*rule, path)) return !rule->negated;
  }
  return false;
}

bool IgnoreRules::Ignores(std::string_view path) const {
  if (rules_.empty()) return false;
  for (size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    if (IgnoresItself(path.substr(0, slash), What::kFolder)) return true;
  }
  return IgnoresItself(path, What::kFile);
}

}  // namespace slipway
