#include "reconciler/forge/pull_request.h"

#include <algorithm>

namespace slipway::forge {
namespace {

/// The number that begins there, at most nine digits; "" for none.
std::string_view NumberAt(std::string_view text) {
  const auto* end = std::find_if(text.begin(), text.end(), [](char c) { return c < '0' || c > '9'; });
  const auto length = static_cast<size_t>(end - text.begin());
  return length > 9 ? std::string_view() : text.substr(0, length);
}

std::string Named(char sign, std::string_view number) {
  return number.empty() ? std::string() : sign + std::string(number);
}

/// The last "(#12)" of a line.
std::string InParentheses(std::string_view line) {
  const size_t open = line.rfind("(#");
  if (open == std::string_view::npos) return {};
  const std::string_view number = NumberAt(line.substr(open + 2));
  const size_t after = open + 2 + number.size();
  return after < line.size() && line[after] == ')' ? Named('#', number) : std::string();
}

}  // namespace

std::string PullRequestOf(std::string_view message) {
  const std::string_view subject = message.substr(0, message.find('\n'));
  constexpr std::string_view kGitHubMerge = "Merge pull request #";
  if (subject.starts_with(kGitHubMerge)) return Named('#', NumberAt(subject.substr(kGitHubMerge.size())));
  // Squash commits of GitHub and Gitea, merge commits of Gitea and Forgejo.
  if (auto found = InParentheses(subject); !found.empty()) return found;
  constexpr std::string_view kGitLab = "\nSee merge request ";
  const size_t see = message.rfind(kGitLab);
  if (see == std::string_view::npos) return {};
  std::string_view line = message.substr(see + kGitLab.size());
  line = line.substr(0, line.find('\n'));
  const size_t bang = line.rfind('!');
  return bang == std::string_view::npos ? std::string() : Named('!', NumberAt(line.substr(bang + 1)));
}

}  // namespace slipway::forge
