#pragma once

#include <string>
#include <string_view>

namespace slipway::forge {

/// The pull request that a commit merged, as its forge writes it ("#12", GitLab's "!34"), from the message
/// that the forge gives merge and squash commits; "" where it names none. Whoever writes the message may
/// claim anything: it is for people to follow, and nothing is decided by it.
std::string PullRequestOf(std::string_view message);

}  // namespace slipway::forge
