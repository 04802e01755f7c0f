#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/status/history.h"

namespace slipway {

/// What a generation does to machines, for the history: `before` is what was served until then, nullptr for
/// nothing. Pure.
std::vector<HistoryRecord> ChangesBetween(const Manifest* before, const Manifest& after,
                                          const RevisionInfo& revision);

/// The manifest of a generation that is still kept; nullopt when it is gone or damaged.
std::optional<Manifest> ReadKeptManifest(const std::string& state_dir, uint64_t number);

}  // namespace slipway
