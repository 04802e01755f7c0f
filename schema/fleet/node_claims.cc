#include "schema/fleet/node_claims.h"

#include "schema/fleet/forms.h"
#include "schema/fleet/node_addresses.h"

namespace slipway {

std::vector<NodeClaim> ClaimsOf(const Node& node) {
  std::vector<NodeClaim> claims;
  claims.reserve(node.macs.size() + node.addresses.size() + 4);
  const auto add = [&claims](ClaimKind kind, std::string value, Mark mark) {
    if (!value.empty()) claims.push_back({kind, std::move(value), mark});
  };
  add(ClaimKind::kName, node.name, {});
  for (const auto& mac : node.macs) add(ClaimKind::kMac, mac.value.ToColons(), mac.mark);
  add(ClaimKind::kUuid, node.uuid.value, node.uuid.mark);
  add(ClaimKind::kSerial, node.serial.value, node.serial.mark);
  for (const auto& address : AddressesOf(node))
    add(ClaimKind::kAddress, address.value.address.ToString(), address.mark);
  add(ClaimKind::kHostname, forms::ToLower(node.hostname.value), node.hostname.mark);
  return claims;
}

}  // namespace slipway
