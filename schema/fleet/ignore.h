#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace slipway {

/// `.slipwayignore`: which paths are no resources, by the rules of gitignore(5). The last rule that fits
/// decides; what lies in an excluded folder cannot be brought back. Matching takes time in proportion to
/// pattern and path.
class IgnoreRules {
 public:
  IgnoreRules() = default;

  /// Lines of patterns. Every text is valid; a pattern that cannot match matches nothing.
  static IgnoreRules Parse(std::string_view text);

  /// Whether a file at this path (relative, `/`-separated) is excluded.
  bool Ignores(std::string_view path) const;

  bool empty() const { return rules_.empty(); }

 private:
  struct Rule {
    std::vector<std::string> segments;  ///< between slashes
    bool negated = false;
    bool folders_only = false;
    bool anchored = false;  ///< fits only from the root, not any base name
  };
  enum class What { kFile, kFolder };

  bool IgnoresItself(std::string_view path, What what) const;
  static bool Fits(const Rule& rule, std::string_view path);

  std::vector<Rule> rules_;
};

/// gitignore's glob within one path segment: `*`, `?`, `[a-z]`, `[!a]`, backslash escapes.
bool MatchSegment(std::string_view pattern, std::string_view text);

}  // namespace slipway
