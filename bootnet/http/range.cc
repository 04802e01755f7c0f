#include "bootnet/http/range.h"

#include <algorithm>
#include <optional>

namespace slipway::http {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Digits only, at most 18 of them.
std::optional<uint64_t> Number(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  return value;
}

}  // namespace

RangeAnswer ResolveRange(std::string_view field, uint64_t size) {
  const RangeAnswer whole{RangeAnswer::Kind::kWhole, 0, size};
  const RangeAnswer unsatisfiable{RangeAnswer::Kind::kUnsatisfiable, 0, 0};
  field = Trim(field);
  if (!field.starts_with("bytes=")) return whole;
  const std::string_view spec = Trim(field.substr(6));
  const size_t dash = spec.find('-');
  if (dash == std::string_view::npos) return whole;
  const std::string_view from = Trim(spec.substr(0, dash));
  const std::string_view to = Trim(spec.substr(dash + 1));
  if (from.empty()) {
    const auto last = Number(to);
    if (!last) return whole;
    if (*last == 0 || size == 0) return unsatisfiable;
    const uint64_t length = std::min(*last, size);
    return {RangeAnswer::Kind::kPart, size - length, length};
  }
  const auto first = Number(from);
  const auto last = to.empty() ? std::optional<uint64_t>(UINT64_MAX) : Number(to);
  if (!first || !last || *last < *first) return whole;
  if (*first >= size) return unsatisfiable;
  return {RangeAnswer::Kind::kPart, *first, std::min(*last, size - 1) - *first + 1};
}

bool NamesTag(std::string_view list, std::string_view etag, TagComparison comparison) {
  while (!list.empty()) {
    const size_t comma = list.find(',');
    std::string_view tag = Trim(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    if (tag == "*") return true;
    if (tag.starts_with("W/")) {
      if (comparison == TagComparison::kStrong) continue;
      tag.remove_prefix(2);
    }
    if (tag == etag) return true;
  }
  return false;
}

}  // namespace slipway::http
