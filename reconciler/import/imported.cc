#include "reconciler/import/imported.h"

#include <algorithm>

namespace slipway::imports {

std::string FormatRemark(const Remark& remark) {
  std::string text = remark.file;
  if (remark.mark.line > 0) {
    text += ':' + std::to_string(remark.mark.line) + ':' + std::to_string(remark.mark.column);
  }
  if (!text.empty()) text += ": ";
  text += remark.kind == RemarkKind::kLost   ? "not carried over: "
          : remark.kind == RemarkKind::kToDo ? "to do: "
                                             : "note: ";
  text += remark.what;
  if (!remark.advice.empty()) text += "; " + remark.advice;
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
  return text;
}

bool Imported::Complete() const {
  return std::none_of(remarks.begin(), remarks.end(),
                      [](const Remark& remark) { return remark.kind == RemarkKind::kLost; });
}

std::string ResourceName(std::string_view text) {
  std::string name;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool dot = c == '.' && !name.empty() && name.back() != '.' && name.back() != '-';
    if (plain || dot) {
      name += c;
    } else if (!name.empty() && name.back() != '.') {
      name += '-';
    }
  }
  while (!name.empty() && (name.back() == '-' || name.back() == '.')) name.pop_back();
  return name.empty() ? "unnamed" : name.substr(0, 63);
}

}  // namespace slipway::imports
