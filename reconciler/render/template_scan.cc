#include "reconciler/render/template_scan.h"

#include "schema/fleet/codes.h"

namespace slipway {
namespace {

constexpr size_t kMaxExpandedBytes = 1U << 20U;

Mark MarkAt(std::string_view text, size_t offset) {
  Mark mark{1, 1};
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++mark.line;
      mark.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80) {
      ++mark.column;
    }
  }
  return mark;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string Known(const std::set<std::string, std::less<>>& variables) {
  std::string list;
  for (const std::string& name : variables) list += (list.empty() ? "" : ", ") + name;
  return list;
}

class Scanner {
 public:
  Scanner(const std::set<std::string, std::less<>>& variables, const PartialResolver& partials)
      : variables_(variables), partials_(partials) {}

  void Scan(const TemplateText& source, int depth, std::string& out) {
    const std::string_view text = source.text;
    size_t at = 0;
    while (at < text.size() && result_.size() < 100) {
      const size_t open = text.find("{{", at);
      if (open == std::string_view::npos) break;
      out += text.substr(at, open - at);
      const bool triple = text.substr(open).starts_with("{{{");
      const std::string_view closing = triple ? "}}}" : "}}";
      const size_t close = text.find(closing, open + closing.size());
      if (close == std::string_view::npos) {
        Add(source, open, code::kTemplateSyntax, "a tag is opened with `{{` and never closed",
            "close it with `}}`");
        return;
      }
      const size_t inside = open + closing.size();
      const size_t end = close + closing.size();
      Tag(source, open, text.substr(inside, close - inside), text.substr(open, end - open), depth, out);
      at = end;
    }
    out += text.substr(at);
  }

  Diagnostics result_;

 private:
  void Tag(const TemplateText& source, size_t offset, std::string_view inside, std::string_view whole,
           int depth, std::string& out) {
    const char sigil = inside.empty() ? ' ' : inside.front();
    if (sigil == '!') return;  // a comment: gone from the expanded text
    if (sigil == '=') {
      Add(source, offset, code::kTemplateSyntax, "changing the delimiters is not supported",
          "write the tag with `{{` and `}}`");
      return;
    }
    if (sigil == '>') {
      Partial(source, offset, Trim(inside.substr(1)), depth, out);
      return;
    }
    const bool has_sigil = sigil == '#' || sigil == '^' || sigil == '/' || sigil == '&';
    const std::string_view name = Trim(has_sigil ? inside.substr(1) : inside);
    if (!variables_.contains(name)) {
      Add(source, offset, code::kTemplateVariable, "unknown variable `" + std::string(name) + "`",
          "use one of: " + Known(variables_));
      return;
    }
    out += whole;
  }

  void Partial(const TemplateText& source, size_t offset, std::string_view name, int depth,
               std::string& out) {
    if (depth >= kMaxPartialDepth || out.size() > kMaxExpandedBytes) {
      Add(source, offset, code::kTemplatePartial,
          "partials are nested deeper than " + std::to_string(kMaxPartialDepth),
          "a partial may include itself by way of others; break the cycle");
      return;
    }
    const auto partial = partials_(name);
    if (!partial) {
      Add(source, offset, code::kTemplatePartial, "there is no partial `" + std::string(name) + "`",
          "add templates/" + std::string(name) + ".mustache, or correct the name");
      return;
    }
    Scan(*partial, depth + 1, out);
  }

  void Add(const TemplateText& source, size_t offset, int code, std::string message, std::string fix) {
    result_.push_back({source.file, MarkAt(source.text, offset), code, Severity::kError, std::move(message),
                       std::move(fix)});
  }

  const std::set<std::string, std::less<>>& variables_;
  const PartialResolver& partials_;
};

}  // namespace

ScannedTemplate ScanTemplate(const TemplateText& source, const std::set<std::string, std::less<>>& variables,
                             const PartialResolver& partials) {
  Scanner scanner(variables, partials);
  ScannedTemplate scanned;
  scanner.Scan(source, 0, scanned.text);
  scanned.diagnostics = std::move(scanner.result_);
  return scanned;
}

}  // namespace slipway
