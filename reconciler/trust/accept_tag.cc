#include "reconciler/trust/accept_tag.h"

namespace slipway::trust {
namespace {

constexpr std::string_view kBegin = "slipway/accept-";
constexpr std::string_view kAfter = "-after-";
constexpr std::string_view kNothing = "nothing";
constexpr size_t kDigits = 12;

bool Begins(std::string_view digits, std::string_view commit) {
  return digits.size() >= kDigits && commit.starts_with(digits);
}

}  // namespace

std::string AcceptTagName(std::string_view commit, std::string_view baseline) {
  const std::string_view after = baseline.empty() ? kNothing : baseline.substr(0, kDigits);
  return std::string(kBegin) + std::string(commit.substr(0, kDigits)) + std::string(kAfter) +
         std::string(after);
}

bool Accepts(const TagHead& tag, std::string_view commit, std::string_view baseline) {
  std::string_view name = tag.name;
  if (tag.type != "commit" || tag.object != commit || !name.starts_with(kBegin)) return false;
  name.remove_prefix(kBegin.size());
  const size_t after = name.find(kAfter);
  if (after == std::string_view::npos || !Begins(name.substr(0, after), commit)) return false;
  const std::string_view served = name.substr(after + kAfter.size());
  return baseline.empty() ? served == kNothing : Begins(served, baseline);
}

}  // namespace slipway::trust
