#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "schema/fleet/diagnostic.h"

namespace slipway {

/// Where a partial's text comes from: its file name for messages, and its bytes. nullopt: there is none.
struct TemplateText {
  std::string file;
  std::string text;
};
using PartialResolver = std::function<std::optional<TemplateText>(std::string_view name)>;

struct ScannedTemplate {
  std::string text;         ///< with every partial put in
  Diagnostics diagnostics;  ///< unknown variables, unknown or too deeply nested partials, broken tags
};

/// Partials may nest this deep; a cycle meets the limit too.
inline constexpr int kMaxPartialDepth = 16;

/// Checks a Mustache template before it is rendered: every name in it, also in sections that are not taken
/// this time, must be in `variables`. Changing the delimiters (`{{=`) is refused. Pure.
ScannedTemplate ScanTemplate(const TemplateText& source, const std::set<std::string, std::less<>>& variables,
                             const PartialResolver& partials);

}  // namespace slipway
