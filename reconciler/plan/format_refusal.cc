#include "reconciler/plan/format.h"
#include "reconciler/plan/markdown.h"

namespace slipway::plan {

std::string Code(std::string text) {
  for (char& c : text) {
    if (c == '`') c = '\'';
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  }
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  return '`' + (escaped.empty() ? " " : escaped) + '`';
}

std::string Plain(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("\\`*_{}[]<>()#+!|@~").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c == '\n' ? ' ' : c;
  }
  return escaped;
}

std::string FormatRefusal(const std::string& what, const Diagnostics& diagnostics, size_t limit) {
  constexpr size_t kNote = 100;
  std::string out = std::string(kCommentMarker) + "\n### 🔴 Slipway: " + Plain(what) + "\n\n";
  size_t left_out = 0;
  for (const Severity severity : {Severity::kError, Severity::kWarning}) {
    for (const Diagnostic& d : diagnostics) {
      if (d.severity != severity) continue;
      std::string place = d.file;
      if (d.mark.line > 0) place += ':' + std::to_string(d.mark.line) + ':' + std::to_string(d.mark.column);
      std::string row = std::string("- ") + (severity == Severity::kError ? "" : "warning: ") + Code(place) +
                        ' ' + CodeName(d.code) + ": " + Plain(d.message);
      if (!d.fix.empty()) row += " — " + Plain(d.fix);
      row += '\n';
      if (out.size() + row.size() + kNote > limit) {
        ++left_out;
      } else {
        out += row;
      }
    }
  }
  if (left_out > 0)
    out += "\n" + std::to_string(left_out) + " more do not fit; `slipway validate` shows all.\n";
  return out;
}

}  // namespace slipway::plan
