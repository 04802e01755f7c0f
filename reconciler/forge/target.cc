#include "reconciler/forge/target.h"

#include <algorithm>

namespace slipway::forge {
namespace {

struct Place {
  std::string scheme;  ///< http or https
  std::string host;    ///< with its port where HTTP is spoken there
  std::string path;    ///< "owner/name"
};

std::string WithoutUser(std::string_view authority) {
  const size_t at = authority.rfind('@');
  return std::string(at == std::string_view::npos ? authority : authority.substr(at + 1));
}

std::string CleanPath(std::string_view path) {
  path = path.substr(0, path.find_first_of("?#"));
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.ends_with(".git")) path.remove_suffix(4);
  return std::string(path);
}

/// http(s)://host:port/path, ssh://user@host:port/path, user@host:path.
Place PlaceOf(std::string_view url) {
  const size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) {
    const size_t colon = url.find(':');
    if (colon == std::string_view::npos || url.find('/') < colon) return {};
    return {"https", WithoutUser(url.substr(0, colon)), CleanPath(url.substr(colon + 1))};
  }
  const std::string_view scheme = url.substr(0, scheme_end);
  const std::string_view rest = url.substr(scheme_end + 3);
  const size_t slash = std::min(rest.find('/'), rest.size());
  std::string host = WithoutUser(rest.substr(0, slash));
  std::string path = CleanPath(rest.substr(slash));
  if (scheme == "http" || scheme == "https") return {std::string(scheme), std::move(host), std::move(path)};
  if (scheme != "ssh") return {};
  return {"https", host.substr(0, host.find(':')), std::move(path)};
}

std::string RootOf(Kind kind, const Place& place) {
  if (place.host.empty()) return {};
  if (kind == Kind::kGitHub && place.host == "github.com") return "https://api.github.com";
  const char* below = kind == Kind::kGitHub ? "/api/v3" : kind == Kind::kGitLab ? "/api/v4" : "/api/v1";
  return place.scheme + "://" + place.host + below;
}

bool GoodRepository(Kind kind, std::string_view repository) {
  const auto slashes = std::count(repository.begin(), repository.end(), '/');
  if (kind == Kind::kGitLab ? slashes < 1 : slashes != 1) return false;
  return !repository.starts_with('/') && !repository.ends_with('/') &&
         repository.find("//") == std::string_view::npos;
}

}  // namespace

Result<Target> FindTarget(Kind kind, std::string root, std::string repository, std::string_view source_url) {
  const Place place = PlaceOf(source_url);
  if (root.empty()) root = RootOf(kind, place);
  if (repository.empty()) repository = place.path;
  while (root.ends_with('/')) root.pop_back();
  if (root.empty()) {
    return FixInput(
        "forge.url: source.url does not say where the forge is; write the root of its API, like " +
        std::string(kind == Kind::kGitHub   ? "https://api.github.com"
                    : kind == Kind::kGitLab ? "https://gitlab.example.org/api/v4"
                                            : "https://gitea.example.org/api/v1"));
  }
  if (!root.starts_with("https://") && !root.starts_with("http://")) {
    return FixInput("forge.url: `" + WithoutUser(root) + "` is neither https:// nor http://");
  }
  if (root.find('@') != std::string::npos || root.find_first_of("?# \t") != std::string::npos) {
    return FixInput("forge.url: write scheme, host and path alone; the token is read from forge.token_file");
  }
  if (!GoodRepository(kind, repository)) {
    return FixInput("forge.repository: `" + repository +
                    "` is not like owner/name; write it as the forge's pages do");
  }
  return Target{kind, std::move(root), std::move(repository)};
}

}  // namespace slipway::forge
