#include "reconciler/talos/merge_url.h"

namespace slipway::talos {
namespace {

struct Url {
  std::string_view scheme;
  std::string_view opaque;
  std::string_view user;  ///< with the `@`
  std::string_view host;  ///< and port
  std::string_view path;
  std::string_view query;   ///< without the `?`
  bool query_mark = false;  ///< a `?` with nothing after it
  std::string_view fragment;
};

Url Parse(std::string_view text) {
  Url url;
  if (const size_t hash = text.find('#'); hash != std::string_view::npos) {
    url.fragment = text.substr(hash + 1);
    text = text.substr(0, hash);
  }
  const size_t colon = text.find(':');
  if (colon != std::string_view::npos && text.find_first_of("/?") > colon) {
    url.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (const size_t mark = text.find('?'); mark != std::string_view::npos) {
    url.query = text.substr(mark + 1);
    url.query_mark = url.query.empty();
    text = text.substr(0, mark);
  }
  if (!url.scheme.empty() && !text.starts_with('/')) {
    url.opaque = text;
    return url;
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const size_t slash = std::min(text.find('/'), text.size());
    url.host = text.substr(0, slash);
    text.remove_prefix(slash);
    if (const size_t at = url.host.rfind('@'); at != std::string_view::npos) {
      url.user = url.host.substr(0, at + 1);
      url.host.remove_prefix(at + 1);
    }
  }
  url.path = text;
  return url;
}

std::string Write(const Url& url) {
  std::string text;
  if (!url.scheme.empty()) text += std::string(url.scheme) + ':';
  if (!url.opaque.empty()) {
    text += url.opaque;
  } else {
    if (!url.scheme.empty() || !url.host.empty() || !url.user.empty()) {
      if (!url.host.empty() || !url.path.empty() || !url.user.empty()) text += "//";
      text += url.user;
      text += url.host;
    }
    if (!url.path.empty() && !url.path.starts_with('/') && !url.host.empty()) text += '/';
    text += url.path;
  }
  if (url.query_mark || !url.query.empty()) text += '?' + std::string(url.query);
  if (!url.fragment.empty()) text += '#' + std::string(url.fragment);
  return text;
}

}  // namespace

std::optional<std::string> MergeUrl(std::string_view old, std::string_view patch) {
  Url merged = Parse(old);
  const Url by = Parse(patch);
  if (!merged.user.empty() && !by.user.empty()) return std::nullopt;
  const auto take = [](std::string_view& target, std::string_view value) {
    if (!value.empty()) target = value;
  };
  take(merged.scheme, by.scheme);
  take(merged.opaque, by.opaque);
  take(merged.user, by.user);
  take(merged.host, by.host);
  take(merged.path, by.path);
  take(merged.query, by.query);
  merged.query_mark = by.query_mark;
  take(merged.fragment, by.fragment);
  return Write(merged);
}

}  // namespace slipway::talos
