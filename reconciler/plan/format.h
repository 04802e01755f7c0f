#pragma once

#include <cstddef>
#include <string>

#include "reconciler/plan/change.h"
#include "schema/fleet/diagnostic.h"

namespace slipway::plan {

enum class Colour : uint8_t { kNone, kAnsi };

/// For a terminal `width` columns wide (0: as wide as it gets).
std::string FormatText(const Plan& plan, Colour colour, size_t width);

/// For a comment of at most `limit` bytes: when the whole is longer, what is least dangerous is counted
/// instead of listed. Begins with a marker by which the comment is found again.
std::string FormatMarkdown(const Plan& plan, size_t limit);
inline constexpr std::string_view kCommentMarker = "<!-- slipway-plan -->";

/// Likewise where there is no plan: `what` happened, and the problems, errors first.
std::string FormatRefusal(const std::string& what, const Diagnostics& diagnostics, size_t limit);

/// schema/plan.schema.json.
std::string FormatJson(const Plan& plan);

/// SARIF 2.1.0: one result for each group and effect, at the line of the Node or of the field.
std::string FormatSarif(const Plan& plan);

/// "worker-2", "worker-2 and worker-3", "37 machines (worker-1, worker-2, worker-3, …)".
std::string NodesText(const Group& group);
/// "2 approved, 1 withdrawn, 37 changed, 960 unchanged".
std::string CountsText(const Plan& plan);
/// "home: 3 → 2 control planes, quorum 2 → 2; …".
std::string QuorumText(const QuorumChange& change);
/// What to write into the Site for a merge that its guards would hold; "" where nothing is needed.
std::string AcknowledgeText(const Brakes& brakes);
/// The command that brings the new config to a machine that runs; "" where none is needed.
std::string ApplyText(const Group& group, const std::string& render);

}  // namespace slipway::plan
