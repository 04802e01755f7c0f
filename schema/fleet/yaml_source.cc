#include "schema/fleet/yaml_source.h"

#include <algorithm>

namespace slipway::yaml {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

/// Behind the anchors and tags that may stand before a node.
size_t SkipProperties(std::string_view text, size_t position) {
  while (position < text.size() && (text[position] == '&' || text[position] == '!')) {
    position = std::min(text.find_first_of(kSpace, position), text.size());
    position = std::min(text.find_first_not_of(kSpace, position), text.size());
  }
  return position;
}

bool IsQuote(std::string_view text, size_t position) {
  return position < text.size() && (text[position] == '"' || text[position] == '\'');
}

/// Behind the quote that closes the one at `position`; npos when there is none.
size_t EndOfQuote(std::string_view text, size_t position) {
  const char quote = text[position];
  for (size_t i = position + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      const bool doubled = quote == '\'' && i + 1 < text.size() && text[i + 1] == quote;
      if (!doubled) return i + 1;
      ++i;
    }
  }
  return std::string_view::npos;
}

bool IsAnnounced(std::string_view text, size_t position) {
  const size_t before = text.substr(0, position).find_last_not_of(kSpace);
  return before != std::string_view::npos && text[before] == '?';
}

}  // namespace

bool IsDocumentStart(std::string_view text, size_t position) {
  if (text.substr(position).starts_with("---")) return true;
  std::string_view before = text.substr(0, position);
  while (!before.empty()) {
    const size_t newline = before.rfind('\n');
    const std::string_view line = before.substr(newline == std::string_view::npos ? 0 : newline + 1);
    if (line.starts_with("...")) return true;
    const size_t content = line.find_first_not_of(kSpace);
    if (content != std::string_view::npos && line[content] != '#') return false;
    before = before.substr(0, newline == std::string_view::npos ? 0 : newline);
  }
  return false;
}

bool IsKeyComplete(std::string_view text, size_t position, size_t length) {
  if (IsAnnounced(text, position)) return true;
  const size_t begin = SkipProperties(text, position);
  size_t end = 0;
  if (IsQuote(text, begin)) {
    end = EndOfQuote(text, begin);
  } else if (begin < text.size() && text[begin] == '*') {
    end = text.find_first_of(kSpace, begin);
  } else {
    end = begin + length;
  }
  if (end >= text.size() || text.substr(begin, end - begin).find('\n') != std::string_view::npos)
    return false;
  end = text.find_first_not_of(" \t", end);
  return end != std::string_view::npos && text[end] == ':';
}

bool IsQuoteOpen(std::string_view text, size_t position) {
  const size_t begin = SkipProperties(text, position);
  return IsQuote(text, begin) && EndOfQuote(text, begin) == std::string_view::npos;
}

}  // namespace slipway::yaml
