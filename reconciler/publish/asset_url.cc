#include "reconciler/publish/asset_url.h"

#include <charconv>

namespace slipway {
namespace {

constexpr size_t kMaxLength = 4096;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = HexValue(text[i + 1]);
    const int low = HexValue(text[i + 2]);
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

bool IsPlain(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f) return false;
  }
  return true;
}

bool IsHost(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  return host.find_first_of("/?#@%\\<>\"") == std::string_view::npos;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// Splits "user:pw@[::1]:80" into the parts of `url`. False when it is none.
bool ParseAuthority(std::string_view authority, AssetUrl& url) {
  const size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    auto credentials = PercentDecode(authority.substr(0, at));
    if (!credentials) return false;
    url.credentials = std::move(*credentials);
    authority.remove_prefix(at + 1);
  }
  std::string_view port;
  if (authority.starts_with('[')) {
    const size_t end = authority.find(']');
    if (end == std::string_view::npos) return false;
    url.host = Lower(authority.substr(1, end - 1));
    port = authority.substr(end + 1);
  } else {
    const size_t colon = std::min(authority.find(':'), authority.size());
    url.host = Lower(authority.substr(0, colon));
    port = authority.substr(colon);
  }
  if (!IsHost(url.host)) return false;
  url.port = url.scheme == "https" ? 443 : 80;
  if (port.empty() || port == ":") return true;
  if (port.front() != ':') return false;
  port.remove_prefix(1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
  return error == std::errc() && end == port.data() + port.size() && url.port != 0;
}

bool ParseFile(std::string_view rest, AssetUrl& url) {
  if (rest.starts_with("localhost/")) rest.remove_prefix(9);
  if (!rest.starts_with('/')) return false;
  auto path = PercentDecode(rest);
  if (!path || path->find('\0') != std::string::npos) return false;
  url.target = std::move(*path);
  return true;
}

}  // namespace

std::string RedactUrlText(std::string_view text) {
  text = text.substr(0, std::min(text.find_first_of("?#"), size_t{512}));
  const size_t scheme = text.find("://");
  const size_t start = scheme == std::string_view::npos ? 0 : scheme + 3;
  const size_t path = std::min(text.find('/', start), text.size());
  const size_t at = text.substr(0, path).rfind('@');
  if (at == std::string_view::npos || at < start) return std::string(text);
  return std::string(text.substr(0, start)) + std::string(text.substr(at + 1));
}

Result<AssetUrl> AssetUrl::Parse(std::string_view text) {
  const auto refuse = [text](std::string_view why) {
    return FixInput("the asset URL " + RedactUrlText(text) + " " + std::string(why));
  };
  if (text.size() > kMaxLength) return refuse("is longer than 4096 bytes");
  if (!IsPlain(text)) return refuse("holds spaces or control characters; percent-encode them");
  const size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return refuse("must begin with https://, http:// or file://");
  AssetUrl url;
  url.scheme = Lower(text.substr(0, scheme));
  std::string_view rest = text.substr(scheme + 3);
  rest = rest.substr(0, rest.find('#'));
  if (url.scheme == "file") {
    if (!ParseFile(rest, url)) return refuse("must be file:/// and an absolute path on this machine");
    return url;
  }
  if (url.scheme != "http" && url.scheme != "https") {
    return refuse("must begin with https://, http:// or file://");
  }
  const size_t end = std::min(rest.find_first_of("/?"), rest.size());
  if (!ParseAuthority(rest.substr(0, end), url)) return refuse("has no valid host and port");
  url.target = std::string(rest.substr(end));
  if (url.target.empty() || url.target.front() == '?') url.target.insert(0, "/");
  return url;
}

std::string AssetUrl::Origin() const {
  if (scheme == "file") return "file://";
  const bool v6 = host.find(':') != std::string::npos;
  std::string origin = scheme + "://" + (v6 ? "[" + host + "]" : host);
  if (port != (scheme == "https" ? 443 : 80)) origin += ":" + std::to_string(port);
  return origin;
}

std::string AssetUrl::Redacted() const { return Origin() + target.substr(0, target.find('?')); }

Result<AssetUrl> FollowRedirect(const AssetUrl& from, std::string_view location) {
  std::string absolute(location);
  const size_t colon = location.find("://");
  const size_t path_end = location.find_first_of("/?#");
  if (location.starts_with("//")) {
    absolute = from.scheme + ":" + absolute;
  } else if (location.starts_with("/")) {
    absolute = from.Origin() + absolute;
  } else if (colon == std::string_view::npos || path_end < colon) {
    const std::string path = from.target.substr(0, from.target.find('?'));
    absolute = from.Origin() + path.substr(0, path.rfind('/') + 1) + absolute;
  }
  auto to = AssetUrl::Parse(absolute);
  if (!to) return Wrap("following the redirect of " + from.Redacted(), to.error());
  if (to->scheme == "file" || (from.scheme == "https" && to->scheme != "https")) {
    return FixInput(from.Redacted() + " redirects to " + to->Redacted() +
                    ", which is less safe; use a URL that stays with https");
  }
  if (to->credentials.empty() && to->Origin() == from.Origin()) to->credentials = from.credentials;
  return to;
}

}  // namespace slipway
