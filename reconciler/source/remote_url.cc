#include "reconciler/source/remote_url.h"

#include <algorithm>
#include <charconv>

namespace slipway {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// A "%" that begins no escape stays what it is.
std::string PercentDecode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && text.size() - i > 2 && HexValue(text[i + 1]) >= 0 && HexValue(text[i + 2]) >= 0;
    if (!escape) {
      decoded += text[i];
      continue;
    }
    decoded += static_cast<char>(HexValue(text[i + 1]) * 16 + HexValue(text[i + 2]));
    i += 2;
  }
  return decoded;
}

/// "host[:port]" after user info was taken off. IPv6 literals are in brackets.
bool SplitAuthority(std::string_view authority, RemoteUrl& url) {
  const size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    const std::string_view info = authority.substr(0, at);
    const size_t colon = std::min(info.find(':'), info.size());
    url.user = PercentDecode(info.substr(0, colon));
    url.password = PercentDecode(info.substr(std::min(colon + 1, info.size())));
    authority.remove_prefix(at + 1);
  }
  const size_t bracket = authority.find(']');
  const size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.host = std::string(authority.substr(0, colon));
  if (url.host.starts_with('[') && url.host.ends_with(']'))
    url.host = url.host.substr(1, url.host.size() - 2);
  if (colon != std::string_view::npos) {
    const std::string_view port = authority.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc{} || end != port.data() + port.size()) return false;
  }
  // A host or user that begins with '-' would be an option of ssh's.
  return !url.host.empty() && url.host.front() != '-' && !url.user.starts_with('-');
}

std::optional<RemoteUrl> ParseScpLike(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.substr(0, colon).find('/') != std::string_view::npos)
    return std::nullopt;
  RemoteUrl url;
  url.kind = RemoteKind::kSsh;
  url.path = std::string(text.substr(colon + 1));
  if (!SplitAuthority(text.substr(0, colon), url) || url.path.empty() || url.path.front() == ':')
    return std::nullopt;
  url.full = "ssh://" + std::string(text.substr(0, colon)) + '/' + url.path;
  url.display = url.host + ':' + url.path;
  return url;
}

}  // namespace

std::optional<RemoteUrl> ParseRemoteUrl(std::string_view text) {
  if (text.empty()) return std::nullopt;
  RemoteUrl url;
  const size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) {
    if (text.front() != '/' && text.front() != '.') {
      if (auto scp = ParseScpLike(text)) return scp;
      // "ext::command" and the like: what Git would run.
      if (text.front() == '-' || text.substr(0, text.find('/')).find(':') != std::string_view::npos)
        return std::nullopt;
    }
    url.full = url.display = url.path = std::string(text);
    return url;
  }
  const std::string_view scheme = text.substr(0, scheme_end);
  const std::string_view rest = text.substr(scheme_end + 3);
  url.full = std::string(text);
  if (scheme == "file") {
    url.path = std::string(rest);
    url.display = url.full;
    return url.path.starts_with('/') ? std::optional(url) : std::nullopt;
  }
  if (scheme == "git")
    url.kind = RemoteKind::kGit;
  else if (scheme == "http" || scheme == "https")
    url.kind = RemoteKind::kHttp;
  else if (scheme == "ssh" || scheme == "git+ssh" || scheme == "ssh+git")
    url.kind = RemoteKind::kSsh;
  else
    return std::nullopt;
  const size_t slash = rest.find('/');
  if (slash == std::string_view::npos || !SplitAuthority(rest.substr(0, slash), url)) return std::nullopt;
  url.path = std::string(rest.substr(slash));
  if (url.kind == RemoteKind::kHttp) {
    const std::string_view authority = rest.substr(0, slash);
    url.full =
        std::string(scheme) + "://" + std::string(authority.substr(authority.rfind('@') + 1)) + url.path;
  }
  const std::string port = url.port == 0 ? "" : ":" + std::to_string(url.port);
  url.display = std::string(scheme) + "://" + url.host + port + url.path.substr(0, url.path.find('?'));
  // ssh://host/~user/repo: the server wants it without the first slash.
  if (url.kind == RemoteKind::kSsh && url.path.starts_with("/~")) url.path.erase(0, 1);
  return url;
}

}  // namespace slipway
