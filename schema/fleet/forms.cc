#include "schema/fleet/forms.h"

#include <algorithm>
#include <charconv>

#include "schema/fleet/ip.h"
#include "schema/fleet/utf8.h"

namespace slipway::forms {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool IsVisible(char c) { return c > 0x20 && c < 0x7f; }

enum class Capitals { kAllowed, kRefused };

bool IsDnsName(std::string_view text, Capitals capitals) {
  if (text.empty() || text.size() > 253) return false;
  size_t start = 0;
  while (start <= text.size()) {
    const size_t dot = std::min(text.find('.', start), text.size());
    const std::string_view label = text.substr(start, dot - start);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    for (const char c : label) {
      const bool allowed =
          IsLower(c) || IsDigit(c) || c == '-' || (capitals == Capitals::kAllowed && IsUpper(c));
      if (!allowed) return false;
    }
    start = dot + 1;
  }
  return true;
}

/// An IPv4 address or a DNS name. All digits and dots but no address is a typing error, not a name.
bool IsHost(std::string_view text) {
  if (text.find_first_not_of("0123456789.") == std::string_view::npos) {
    const auto address = Ipv4::Parse(text);
    return address && !address->IsUnspecified() && !address->IsMulticast() && !address->IsBroadcast();
  }
  return IsDnsName(text, Capitals::kAllowed);
}

std::optional<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0 || text.front() == '0') {
    return std::nullopt;
  }
  return port;
}

struct Authority {
  std::string_view host;
  std::optional<uint16_t> port;
};

/// `scheme` + host[:port], with at most a slash behind.
std::optional<Authority> ParseAuthority(std::string_view text, std::string_view scheme) {
  if (!text.starts_with(scheme)) return std::nullopt;
  text.remove_prefix(scheme.size());
  if (text.ends_with('/')) text.remove_suffix(1);
  const size_t colon = text.rfind(':');
  Authority authority{text.substr(0, colon), std::nullopt};
  if (colon != std::string_view::npos) {
    authority.port = ParsePort(text.substr(colon + 1));
    if (!authority.port) return std::nullopt;
  }
  if (!IsHost(authority.host)) return std::nullopt;
  return authority;
}

bool HasDotSegment(std::string_view path) {
  size_t start = 0;
  while (start <= path.size()) {
    const size_t slash = std::min(path.find('/', start), path.size());
    const std::string_view segment = path.substr(start, slash - start);
    if (segment == "." || segment == "..") return true;
    start = slash + 1;
  }
  return false;
}

}  // namespace

std::string ToLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (IsUpper(c)) c = static_cast<char>(c + 32);
  }
  return lower;
}

bool IsResourceName(std::string_view text) { return IsDnsName(text, Capitals::kRefused); }
bool IsHostname(std::string_view text) { return IsDnsName(text, Capitals::kAllowed); }

bool IsPlainText(std::string_view text) {
  return !text.empty() && IsVisible(text.front()) && IsVisible(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || IsVisible(c); });
}

std::optional<BootServerUrl> ParseBootServer(std::string_view text) {
  const auto authority = ParseAuthority(text, "http://");
  if (!authority) return std::nullopt;
  return BootServerUrl{std::string(authority->host), authority->port.value_or(80)};
}

std::string_view EndpointProblem(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  if (!std::all_of(text.begin(), text.end(), IsVisible))
    return "it holds white space or characters beyond ASCII";
  if (!text.starts_with(kScheme)) return "it does not begin with https://";
  text.remove_prefix(kScheme.size());
  text = text.substr(0, text.find_first_of("/?#"));
  text.remove_prefix(text.rfind('@') + 1);
  std::string_view port;
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    const auto address = IpAddress::Parse(text.substr(1, end == std::string_view::npos ? end : end - 1));
    if (end == std::string_view::npos || !address || !address->v6) return "its brackets hold no IPv6 address";
    port = text.substr(end + 1);
  } else {
    const size_t colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos)
      return "its IPv6 address is not in brackets";
    if (text.empty() || colon == 0) return "it names no host";
    port = colon == std::string_view::npos ? "" : text.substr(colon);
  }
  if (port.empty()) return "";
  return port.front() == ':' && port.size() > 1 && ParsePort(port.substr(1)) ? ""
                                                                             : "its port is not 1 to 65535";
}

bool IsDevicePath(std::string_view text) {
  return text.starts_with("/dev/") && text.size() > 5 && IsPlainText(text) &&
         text.find(' ') == std::string_view::npos && text.find("..") == std::string_view::npos;
}

bool IsImageReference(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), IsVisible)) return false;
  if (text.find("://") != std::string_view::npos) return false;
  const size_t slash = text.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return false;
  const std::string_view last = text.substr(slash + 1);
  const size_t mark = last.find_first_of(":@");
  return mark != std::string_view::npos && mark > 0 && mark + 1 < last.size();
}

std::optional<std::string> ParseEndpoint(std::string_view text) {
  if (text.starts_with("https://[")) {
    const size_t end = text.find("]:");
    std::string_view rest = text;
    if (rest.ends_with('/')) rest.remove_suffix(1);
    if (end == std::string_view::npos || !EndpointProblem(rest).empty() ||
        rest.find_first_of("/?#@", 8) != std::string_view::npos) {
      return std::nullopt;
    }
    return std::string(rest);
  }
  const auto authority = ParseAuthority(text, "https://");
  if (!authority || !authority->port) return std::nullopt;
  if (text.ends_with('/')) text.remove_suffix(1);
  return std::string(text);
}

std::string_view AssetUrlProblem(std::string_view text) {
  if (!std::all_of(text.begin(), text.end(), IsVisible))
    return "it holds white space or characters beyond ASCII";
  if (text.starts_with("file://")) {
    text.remove_prefix(7);
    if (!text.starts_with('/') || text.size() == 1)
      return "a file:// URL needs three slashes and an absolute path";
    return HasDotSegment(text) ? "its path has `.` or `..` in it" : "";
  }
  const size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  if (scheme == 0) return "its scheme is not https, http or file";
  text.remove_prefix(scheme);
  const std::string_view authority = text.substr(0, text.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) return "it holds credentials";
  if (!ParseAuthority(authority, "")) return "its host or port is not valid";
  if (authority.size() == text.size()) return "it names no file";
  return "";
}

std::optional<std::string> ParseDigest(std::string_view text) {
  if (text.size() != 64 || !std::all_of(text.begin(), text.end(), IsHex)) return std::nullopt;
  return ToLower(text);
}

std::optional<std::string> ParseUuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : !IsHex(text[i])) return std::nullopt;
  }
  return ToLower(text);
}

std::optional<uint32_t> ParseSeconds(std::string_view text) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  if (error != std::errc{} || number == 0 || number > 1'000'000) return std::nullopt;
  if (unit == "s") return number;
  if (unit == "m") return number * 60;
  if (unit == "h") return number * 3600;
  return std::nullopt;
}

std::optional<int> ParseTimeout(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  if (error != std::errc{} || (unit != "s" && unit != "m") || number < 1 || number > 3600)
    return std::nullopt;
  const int seconds = unit == "m" ? number * 60 : number;
  if (seconds > 3600) return std::nullopt;
  return seconds;
}

std::string_view KernelArgumentProblem(std::string_view text) {
  if (text.empty() || text == "-") return "it is empty";
  if (!std::all_of(text.begin(), text.end(), IsVisible)) {
    return "it holds white space or characters beyond ASCII";
  }
  // iPXE takes these for its own operators, and a last backslash for a line that goes on.
  if (text == "||" || text == "&&" || text.ends_with('\\'))
    return "iPXE would take it for part of its script";
  return "";
}

std::string_view FilePathProblem(std::string_view text) {
  if (text.empty()) return "it is empty";
  if (text.front() == '/') return "it begins with a slash";
  if (HasDotSegment(text)) return "it has `.` or `..` in it";
  if (text.find("//") != std::string_view::npos || text.back() == '/') return "it names a folder";
  if (text.find('\\') != std::string_view::npos) return "it has a backslash in it";
  if (FindInvalidUtf8(text) != std::string_view::npos) return "it is not UTF-8";
  const bool control = std::any_of(text.begin(), text.end(),
                                   [](char c) { return (static_cast<uint8_t>(c) < 0x20) || c == 0x7f; });
  return control ? "it has control characters in it" : "";
}

}  // namespace slipway::forms
