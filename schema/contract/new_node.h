#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "schema/contract/machine_facts.h"
#include "schema/fleet/fleet.h"

/// A Node for a machine that is in no revision yet, as the fleet would write it.
namespace slipway {

/// A name that no Node has, and an address that nothing uses.
struct FreePlace {
  std::string name;
  std::string address;  ///< "10.0.128.113/24"; "" where such nodes have none
  bool operator==(const FreePlace&) const = default;
};

/// How the nodes of one cluster and role are named, addressed and written.
struct NodeGroup {
  std::string cluster;
  Role role = Role::kWorker;
  std::string disk;  ///< the install disk that most of them name; "" where none does
  std::vector<FreePlace> places;
  bool operator==(const NodeGroup&) const = default;
};

/// What new Nodes of a fleet look like. A value; its groups are sorted, the one that a machine joins when
/// nobody says otherwise first.
struct NodePattern {
  std::string folder;  ///< where files of single Nodes are: "nodes"; "" is the fleet's own folder
  std::vector<NodeGroup> groups;
  bool operator==(const NodePattern&) const = default;
};

/// Names: the commonest prefix of the group, and the number after its highest. Addresses: by the distance
/// between number and address that most of the group keep, else the next free one after the group's highest;
/// never one of a range, a gateway, a name or time server, an endpoint, a virtual IP or the boot server.
NodePattern PatternOf(const Fleet& fleet);

std::string EncodePattern(const NodePattern& pattern);
Result<NodePattern> DecodePattern(std::string_view json);
inline constexpr std::string_view kPatternName = "pattern.json";

/// What somebody asked for; "" leaves it to the pattern.
struct NodeWishes {
  std::string name;
  std::string cluster;
  std::string role;
};

struct NewNode {
  std::string name;
  std::string path;     ///< of its file, from the fleet's folder
  std::string address;  ///< "" with DHCP
  std::string cluster;
  Role role = Role::kWorker;
  std::string text;  ///< the file: one document
};

/// A complete Node out of the facts. `taken` are names and addresses that other proposals hold. Errors
/// (kFixInput): a wish that the fleet cannot fulfil, a fleet without a cluster.
Result<NewNode> MakeNewNode(const NodePattern& pattern, const MachineFacts& facts, const NodeWishes& wishes,
                            const std::set<std::string>& taken);

}  // namespace slipway
