#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/fleet/guards.h"

namespace slipway {

/// The limits and windows as one line of JSON, for revision.json: what the next revision is measured by.
/// Without `acknowledge`, which is about a change that was served. "" for guards that hold nothing.
std::string EncodeGuards(const Guards& guards);
/// nullopt: not in that form. "" gives guards that hold nothing.
std::optional<Guards> DecodeGuards(std::string_view text);

}  // namespace slipway
