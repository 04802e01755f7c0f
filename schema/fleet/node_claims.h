#pragma once

#include <array>
#include <string>
#include <vector>

#include "schema/fleet/fleet.h"

namespace slipway {

/// What only one machine of a fleet may have.
enum class ClaimKind : uint8_t { kName, kMac, kUuid, kSerial, kAddress, kHostname };
inline constexpr size_t kClaimKinds = 6;

struct NodeClaim {
  ClaimKind kind = ClaimKind::kName;
  std::string value;  ///< in one form: equal values are the same thing. Never ""
  Mark mark;          ///< where the node says it; none for its name
};

/// All that a node claims, in source order within a kind; the host name last, in lower case, since Kubernetes
/// makes node names of host names.
std::vector<NodeClaim> ClaimsOf(const Node& node);

}  // namespace slipway
