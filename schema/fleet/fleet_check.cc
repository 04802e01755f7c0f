#include "schema/fleet/fleet_check.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <unordered_map>

#include "schema/fleet/codes.h"
#include "schema/fleet/forms.h"
#include "schema/fleet/node_addresses.h"
#include "schema/fleet/node_claims.h"
#include "schema/fleet/quorum_check.h"
#include "schema/fleet/schema.h"
#include "schema/fleet/talos_options_check.h"
#include "schema/fleet/version_check.h"

namespace slipway {
namespace {

/// Who had a value first.
struct Claim {
  const Resource* owner = nullptr;
  Mark mark;
};

std::string PlaceOf(const Claim& claim) {
  return claim.owner->origin().file + ':' + std::to_string(claim.mark.line);
}

std::string Named(const Resource& resource) {
  const std::string kind = forms::ToLower(resource.KindName());
  return resource.name.empty() ? "another " + kind : kind + ' ' + Tick(resource.name);
}

/// One kind of value that only one resource may have.
class Claims {
 public:
  Claims(int code, std::string what, std::string fix)
      : code_(code), what_(std::move(what)), fix_(std::move(fix)) {}

  void Add(const std::string& value, Mark mark, const Resource& owner, Diagnostics& diagnostics) {
    if (value.empty()) return;
    const auto [found, added] = claims_.try_emplace(value, Claim{&owner, mark});
    if (added) return;
    const Claim& first = found->second;
    const std::string whom = first.owner == &owner ? "is given twice, first at "
                                                   : "belongs to " + Named(*first.owner) + " already, at ";
    Reporter(owner.origin().file, diagnostics)
        .Error(mark, code_, "the " + what_ + ' ' + Tick(value) + ' ' + whom + PlaceOf(first), fix_);
  }

 private:
  int code_;
  std::string what_;
  std::string fix_;
  std::unordered_map<std::string, Claim> claims_;
};

void CheckSites(const FleetView& view, Diagnostics& diagnostics) {
  const Resource* first = nullptr;
  for (const Resource* resource : view.resources) {
    if (resource->site == nullptr) continue;
    if (first == nullptr) {
      first = resource;
      continue;
    }
    Reporter(resource->origin().file, diagnostics)
        .Error(resource->origin().mark, code::kSecondSite,
               "this is a second Site; the first is " + PlaceOf({first, first->origin().mark}),
               "keep one: a repository describes one site");
  }
  if (first == nullptr && view.complete && !view.resources.empty()) {
    Reporter("", diagnostics)
        .Error({}, code::kNoSite, "no file holds a Site", "add one: `slipway explain SW1201` shows it whole");
  }
}

void CheckNodeIdentities(const FleetView& view, Diagnostics& diagnostics) {
  const std::string machine = "each machine has its own: correct one of the two";
  std::array<std::optional<Claims>, kClaimKinds> tables;  // names are looked at with those of other kinds
  const auto of = [&tables](ClaimKind kind) -> auto& { return tables[static_cast<size_t>(kind)]; };
  of(ClaimKind::kMac).emplace(code::kDuplicateMac, "MAC address", machine);
  of(ClaimKind::kUuid).emplace(code::kDuplicateUuid, "UUID", machine);
  of(ClaimKind::kSerial).emplace(code::kDuplicateSerial, "serial number", machine);
  of(ClaimKind::kHostname)
      .emplace(code::kDuplicateHostname, "host name", "give each machine a host name of its own");
  of(ClaimKind::kAddress)
      .emplace(code::kDuplicateAddress, "address", "give each machine an address of its own");
  std::set<std::string_view> names;
  for (const Resource* resource : view.resources) {
    if (resource->node == nullptr) continue;
    // Two nodes of one name have one default host name too: that is said once.
    const bool by_default = resource->node->hostname.mark == resource->name_mark;
    const bool said = by_default && !names.insert(resource->name).second;
    for (const NodeClaim& claim : ClaimsOf(*resource->node)) {
      if (claim.kind == ClaimKind::kHostname && said) continue;
      if (auto& table = of(claim.kind)) table->Add(claim.value, claim.mark, *resource, diagnostics);
    }
  }
}

/// `name`, and what may have been meant by it.
template <class Map>
std::string SuggestFix(std::string_view name, const Map& known, std::string otherwise) {
  constexpr size_t kMost = 200;  // beyond that a guess costs more than it helps
  std::vector<std::string_view> names;
  for (const auto& [key, value] : known) {
    if (names.size() == kMost) break;
    names.push_back(key);
  }
  const std::string_view meant = Suggest(name, names);
  return meant.empty() ? otherwise : "did you mean " + Tick(meant) + "? " + otherwise;
}

void CheckCluster(const FleetView& view, const Cluster& cluster, Diagnostics& diagnostics) {
  CheckTalosOptions(cluster, cluster.talos_version, diagnostics);
  if (!view.complete) return;
  Reporter reporter(cluster.origin.file, diagnostics);
  for (const auto& [arch, files] : cluster.boot) {
    for (const Located<std::string>* asset : {&files.kernel, &files.initramfs}) {
      if (asset->value.empty() || view.assets.contains(asset->value)) continue;
      reporter.Error(asset->mark, code::kUnknownAsset, "there is no Asset " + Tick(asset->value),
                     SuggestFix(asset->value, view.assets, "add it: `slipway asset URL` prints one"));
    }
  }
}

void CheckNode(const FleetView& view, const Node& node, Diagnostics& diagnostics) {
  if (node.cluster.value.empty()) return;
  Reporter reporter(node.origin.file, diagnostics);
  const auto found = view.clusters.find(node.cluster.value);
  if (found == view.clusters.end()) {
    if (!view.complete) return;
    reporter.Error(node.cluster.mark, code::kUnknownCluster,
                   "there is no Cluster " + Tick(node.cluster.value),
                   SuggestFix(node.cluster.value, view.clusters, "name a Cluster of this repository"));
    return;
  }
  const Cluster& cluster = *found->second;
  const std::string place = cluster.origin.file + ':' + std::to_string(cluster.origin.mark.line);
  const std::string role(ToString(node.role));
  const FileRef& base = node.role == Role::kControlPlane ? cluster.base_controlplane : cluster.base_worker;
  if (base.value.empty() && cluster.secrets.value.empty()) {
    reporter.Error(
        node.cluster.mark, code::kMissingBase,
        "cluster " + Tick(cluster.name) + " has no base configuration for the role " + role,
        "add spec.talos.base." + role + ", or spec.talos.secrets in place of spec.talos.base, at " + place);
  }
  if (const auto& own = node.Details().boot) {
    for (const Located<std::string>* asset : {&own->kernel, &own->initramfs}) {
      if (asset->value.empty() || view.assets.contains(asset->value) || !view.complete) continue;
      reporter.Error(asset->mark, code::kUnknownAsset, "there is no Asset " + Tick(asset->value),
                     SuggestFix(asset->value, view.assets, "add it: `slipway asset URL` prints one"));
    }
  } else if (!cluster.boot.contains(node.arch)) {
    const std::string arch(ToString(node.arch));
    reporter.Error(node.cluster.mark, code::kMissingBootFiles,
                   "cluster " + Tick(cluster.name) + " has no boot files for " + arch,
                   "add spec.boot." + arch + " at " + place);
  }
  CheckAgainstVersion(cluster, node, diagnostics);
}

const Subnet* SubnetOf(const Node& node, const std::vector<Subnet>& subnets) {
  const auto addresses = Ipv4AddressesOf(node);
  if (addresses.empty()) return nullptr;
  const Ipv4 first = addresses.front().value.address;
  const auto found = std::find_if(subnets.begin(), subnets.end(),
                                  [first](const Subnet& subnet) { return subnet.cidr.Contains(first); });
  return found == subnets.end() ? nullptr : &*found;
}

}  // namespace

void FleetView::Add(const Resource& resource) {
  resources.push_back(&resource);
  if (resource.site && site == nullptr) site = resource.site.get();
  if (resource.name.empty()) {
    complete = false;
  } else if (resource.cluster) {
    clusters.try_emplace(resource.name, resource.cluster.get());
  } else if (resource.asset) {
    assets.try_emplace(resource.name, resource.asset.get());
  }
}

void CheckUnique(const FleetView& view, Diagnostics& diagnostics) {
  CheckSites(view, diagnostics);
  std::map<std::string_view, Claims> names;
  for (const Resource* resource : view.resources) {
    const std::string_view kind = resource->KindName();
    if (kind == "Site") continue;  // a second one is an error whatever its name
    Claims& claims = names
                         .try_emplace(kind, code::kDuplicateName, std::string(kind) + " name",
                                      "give each " + std::string(kind) + " a name of its own")
                         .first->second;
    claims.Add(resource->name, resource->name_mark, *resource, diagnostics);
  }
  CheckNodeIdentities(view, diagnostics);
}

void CheckReferences(const FleetView& view, Diagnostics& diagnostics) {
  for (const Resource* resource : view.resources) {
    if (resource->cluster) CheckCluster(view, *resource->cluster, diagnostics);
    if (resource->node) CheckNode(view, *resource->node, diagnostics);
  }
  CheckControlPlanes(view, diagnostics);
  CheckWipes(view, diagnostics);
}

bool NeedsDefaults(const Node& node, const std::vector<Subnet>& subnets) {
  if (node.gateway && !node.nameservers.empty()) return false;
  const Subnet* subnet = SubnetOf(node, subnets);
  if (subnet == nullptr) return false;
  return (!node.gateway && subnet->gateway && !HasOwnDefaultRoute(node)) ||
         (node.nameservers.empty() && !subnet->nameservers.empty());
}

Node WithDefaults(const Node& node, const std::vector<Subnet>& subnets) {
  Node resolved = node;
  const Subnet* subnet = SubnetOf(node, subnets);
  if (subnet == nullptr) return resolved;
  if (!resolved.gateway && !HasOwnDefaultRoute(node)) {
    if (subnet->gateway) resolved.gateway = Located<Ipv4>{*subnet->gateway, subnet->places.gateway};
    resolved.gateway_by = SaidBy::kSite;
  }
  if (resolved.nameservers.empty()) {
    for (size_t i = 0; i < subnet->nameservers.size(); ++i)
      resolved.nameservers.push_back({subnet->nameservers[i], subnet->places.nameservers[i]});
    resolved.nameservers_by = SaidBy::kSite;
  }
  return resolved;
}

void CheckResolved(const Node& node, Subnets subnets, Diagnostics& diagnostics) {
  const auto addresses = Ipv4AddressesOf(node);
  if (addresses.empty() || (!node.gateway && subnets == Subnets::kUncertain)) return;
  Reporter reporter(node.origin.file, diagnostics);
  const Located<Ipv4Prefix>& first = addresses.front();
  if (!node.gateway) {
    if (HasOwnDefaultRoute(node)) return;
    reporter.Warning(first.mark, code::kNoGateway,
                     "the node has a static address and no gateway: it will reach its own network only",
                     "add `gateway`, or a subnet with one to the Site");
    return;
  }
  for (const Located<Ipv4Prefix>& address : addresses) {
    if (address.value.address == node.gateway->value) {
      reporter.Error(address.mark, code::kGatewayIsNode,
                     "the address " + node.gateway->value.ToString() + " is the gateway of its subnet",
                     "use another address");
      return;
    }
  }
  const auto holds = [&node](const Located<Ipv4Prefix>& address) {
    return address.value.Contains(node.gateway->value);
  };
  if (std::any_of(addresses.begin(), addresses.end(), holds)) return;
  reporter.Error(
      first.mark, code::kGatewayOutsideSubnet,
      "the subnet's gateway " + node.gateway->value.ToString() + " lies outside " + first.value.ToString(),
      "correct the prefix length, or set the node's own gateway");
}

}  // namespace slipway
