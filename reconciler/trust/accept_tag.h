#pragma once

#include <string>
#include <string_view>

#include "reconciler/trust/signed_object.h"

namespace slipway::trust {

/// References of tags that may accept a revision begin so.
inline constexpr std::string_view kAcceptTagPrefix = "refs/tags/slipway/accept-";

/// The name of the annotated, signed tag by which a keyholder accepts `commit` after the served `baseline`,
/// whatever lies between: `slipway/accept-3f2c9d1e0ab4-after-9a8b7c6d5e4f`, twelve hex digits of each,
/// `after-nothing` where nothing was served. It names both, so that the same tag cannot bring the commit back
/// another time.
std::string AcceptTagName(std::string_view commit, std::string_view baseline);

/// Whether a tag says that: its own head counts, not the reference that leads to it. The digits may be more.
bool Accepts(const TagHead& tag, std::string_view commit, std::string_view baseline);

}  // namespace slipway::trust
