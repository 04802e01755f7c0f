#include "bootnet/catalog/request_path.h"

#include <algorithm>
#include <array>

namespace slipway {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Letters, digits and what else stands for itself in a path of either dialect.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (char c = '0'; c <= '9'; ++c) plain[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) plain[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) plain[static_cast<unsigned char>(c)] = true;
  for (const char c : {'-', '_', '.', ':', '+', '~', '@', ','}) plain[static_cast<unsigned char>(c)] = true;
  return plain;
}();

/// Whether a path without its first slash is the one spelling already, as nearly all are: nothing to decode,
/// to drop or to refuse.
bool IsNormal(std::string_view path) {
  bool segment_starts = true;
  for (const char c : path) {
    if (c == '/' ? segment_starts : !kPlain[static_cast<unsigned char>(c)]) return false;
    if (c == '.' && segment_starts) return false;
    segment_starts = c == '/';
  }
  return !segment_starts;
}

/// What stands between the authority and the query of a request target.
std::string_view PathOfTarget(std::string_view target) {
  target = target.substr(0, target.find('#'));
  target = target.substr(0, target.find('?'));
  if (target.starts_with("http://") || target.starts_with("HTTP://")) {
    const size_t slash = target.find('/', 7);
    return slash == std::string_view::npos ? std::string_view{} : target.substr(slash);
  }
  return target;
}

}  // namespace

std::optional<std::string> PercentDecode(std::string_view text) {
  if (text.find('%') == std::string_view::npos) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::optional<std::string> NormalizeRequestPath(std::string_view raw, PathDialect dialect) {
  std::string_view path = dialect == PathDialect::kHttp ? PathOfTarget(raw) : raw;
  if (path.empty() || path.size() > kMaxRequestPath) return std::nullopt;
  const std::string_view relative = path.substr(path.front() == '/' ? 1 : 0);
  if (IsNormal(relative)) return std::string(relative);
  std::string decoded;
  if (dialect == PathDialect::kHttp) {
    std::optional<std::string> text = PercentDecode(path);
    if (!text || text->find('\\') != std::string::npos) return std::nullopt;
    decoded = std::move(*text);
  } else {
    decoded = path;
    std::replace(decoded.begin(), decoded.end(), '\\', '/');
  }
  if (std::any_of(decoded.begin(), decoded.end(), IsControl)) return std::nullopt;

  std::string out;
  out.reserve(decoded.size());
  std::string_view rest = decoded;
  while (!rest.empty()) {
    const size_t slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") return std::nullopt;
    if (!out.empty()) out += '/';
    out += segment;
  }
  if (out.empty()) return std::nullopt;
  return out;
}

}  // namespace slipway
