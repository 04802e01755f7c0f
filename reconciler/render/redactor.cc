#include "reconciler/render/redactor.h"

#include <algorithm>
#include <array>

#include "schema/fleet/utf8.h"

namespace slipway {
namespace {

constexpr std::string_view kMask = "[secret]";
constexpr size_t kShort = 6;  ///< below: masked in quotes alone
constexpr size_t kHead = 16;  ///< this much of a long secret gives it away
constexpr std::array<std::string_view, 5> kCommonWords = {"controlplane", "worker", "v1alpha1", "true",
                                                          "false"};

bool IsCommon(std::string_view text) {
  return std::find(kCommonWords.begin(), kCommonWords.end(), text) != kCommonWords.end() ||
         text.ends_with("Config");
}

/// How much of `needle` stands at `at`.
size_t CommonLength(std::string_view text, size_t at, std::string_view needle) {
  size_t length = 0;
  while (length < needle.size() && at + length < text.size() && text[at + length] == needle[length]) ++length;
  return length;
}

}  // namespace

void Redactor::Add(const std::vector<std::string>& secrets) {
  for (std::string_view secret : secrets) {
    AddOne(secret);
    if (secret.find('\n') == std::string_view::npos) continue;
    while (!secret.empty()) {
      const size_t end = std::min(secret.find('\n'), secret.size());
      AddOne(secret.substr(0, end));
      secret.remove_prefix(std::min(end + 1, secret.size()));
    }
  }
}

void Redactor::Seal() {
  std::sort(needles_.begin(), needles_.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  needles_.erase(std::unique(needles_.begin(), needles_.end()), needles_.end());
}

void Redactor::AddOne(std::string_view text) {
  if (text.empty() || IsCommon(text)) return;
  std::string shown = ForDisplay(text, text.size());
  if (shown != text && text.size() >= kShort) needles_.emplace_back(text);
  if (shown.size() < kShort) shown = '`' + shown + '`';
  needles_.push_back(std::move(shown));
}

std::string Redactor::Mask(std::string text) const {
  for (const std::string& needle : needles_) {
    const std::string_view head = std::string_view(needle).substr(0, kHead);
    for (size_t at = text.find(head); at != std::string::npos; at = text.find(head, at + kMask.size()))
      text.replace(at, CommonLength(text, at, needle), kMask);
  }
  return text;
}

void Redactor::Mask(Diagnostic& diagnostic) const {
  diagnostic.message = Mask(std::move(diagnostic.message));
  diagnostic.fix = Mask(std::move(diagnostic.fix));
}

}  // namespace slipway
