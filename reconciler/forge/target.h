#pragma once

#include <string>
#include <string_view>

#include "reconciler/forge/webhook.h"
#include "schema/fleet/result.h"

namespace slipway::forge {

/// Where a repository's API is.
struct Target {
  Kind kind = Kind::kGitHub;
  std::string root;  ///< https://api.github.com, https://gitlab.example.org/api/v4, …; no slash at its end
  std::string repository;  ///< owner/name; with GitLab also group/subgroup/name
  bool operator==(const Target&) const = default;
};

/// `root` and `repository` as they are set; what is "" is taken from the address that Git fetches from: its
/// host, and its path without ".git". Errors (kFixInput) name the setting that is missing or wrong.
Result<Target> FindTarget(Kind kind, std::string root, std::string repository, std::string_view source_url);

}  // namespace slipway::forge
