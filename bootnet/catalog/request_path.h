#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway {

/// How a client spells a path.
enum class PathDialect {
  kHttp,  ///< RFC 3986: percent escapes, a query; the absolute form of RFC 9112 §3.2.2 is accepted
  kTftp,  ///< raw bytes; old ROMs write `\` for `/`
};

/// Longest path that is looked at, in bytes as sent, without the query.
inline constexpr size_t kMaxRequestPath = 512;

/// The one spelling under which the catalog's index knows a path: relative, single slashes, no `.` segments,
/// escapes decoded once. Nothing for what no honest client sends: `..`, NUL and other control characters, bad
/// escapes, a backslash over HTTP, more than kMaxRequestPath bytes, nothing left. The result is only ever
/// looked up, never joined to a folder.
std::optional<std::string> NormalizeRequestPath(std::string_view raw, PathDialect dialect);

/// `%41` → `A`; nothing when an escape is cut short or not hex.
std::optional<std::string> PercentDecode(std::string_view text);

}  // namespace slipway
