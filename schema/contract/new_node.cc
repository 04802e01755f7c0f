#include "schema/contract/new_node.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "schema/fleet/forms.h"
#include "schema/fleet/yaml.h"

namespace slipway {
namespace {

using nlohmann::json;

/// The group of the wishes; the first that fits.
const NodeGroup* GroupOf(const NodePattern& pattern, const NodeWishes& wishes) {
  const auto fits = [&wishes](const NodeGroup& group) {
    return (wishes.cluster.empty() || group.cluster == wishes.cluster) &&
           (wishes.role.empty() || ToString(group.role) == wishes.role);
  };
  const auto found = std::find_if(pattern.groups.begin(), pattern.groups.end(), fits);
  return found == pattern.groups.end() ? nullptr : &*found;
}

/// BIOS programs of iPXE are built for i386, whatever runs them.
Arch ArchOf(const std::string& said) {
  const bool arm = said.find("arm64") != std::string::npos || said.find("aarch64") != std::string::npos;
  return arm ? Arch::kArm64 : Arch::kAmd64;
}

bool IsOwnSerial(const std::string& serial) {
  constexpr size_t kLongest = 128;
  if (serial.empty() || serial.size() > kLongest || !forms::IsPlainText(serial)) return false;
  const std::string lower = forms::ToLower(serial);
  for (const char* filler :
       {"to be filled", "default string", "not specified", "system serial number", "none"}) {
    if (lower.find(filler) != std::string::npos) return false;
  }
  return lower.find_first_not_of("0. -") != std::string::npos;
}

yaml::Sequence One(std::string text) {
  yaml::Sequence list;
  list.emplace_back(std::move(text));
  return list;
}

std::string Text(const NewNode& node, const NodeGroup& group, const MachineFacts& facts) {
  yaml::Value root;
  root.At("apiVersion") = yaml::Value("slipway/v1alpha1");
  root.At("kind") = yaml::Value("Node");
  root.At("metadata").At("name") = yaml::Value(node.name);
  yaml::Value spec;
  spec.At("cluster") = yaml::Value(group.cluster);
  spec.At("role") = yaml::Value(ToString(group.role));
  if (ArchOf(facts.arch) != Arch::kAmd64) spec.At("arch") = yaml::Value(ToString(ArchOf(facts.arch)));
  yaml::Sequence macs;
  for (const Mac& mac : facts.macs) macs.emplace_back(mac.ToColons());
  yaml::Value identity;
  identity.At("macs") = yaml::Value(std::move(macs));
  const std::string uuid = OwnUuid(facts.uuid);
  if (!uuid.empty()) identity.At("uuid") = yaml::Value(uuid);
  if (IsOwnSerial(facts.serial)) identity.At("serial") = yaml::Value(facts.serial);
  spec.At("identity") = std::move(identity);
  if (!node.address.empty()) spec.At("network").At("addresses") = yaml::Value(One(node.address));
  if (!group.disk.empty()) spec.At("install").At("disk") = yaml::Value(group.disk);
  root.At("spec") = std::move(spec);
  return yaml::Write(root);
}

}  // namespace

Result<NewNode> MakeNewNode(const NodePattern& pattern, const MachineFacts& facts, const NodeWishes& wishes,
                            const std::set<std::string>& taken) {
  if (facts.macs.empty()) return FixInput("a Node needs a MAC address");
  if (!wishes.role.empty() && !ParseRole(wishes.role))
    return FixInput("'" + wishes.role + "' is no role; it is controlplane or worker");
  const NodeGroup* group = GroupOf(pattern, wishes);
  if (group == nullptr) {
    return FixInput(wishes.cluster.empty() ? "the served revision has no Cluster that a machine could join"
                                           : "the served revision has no Cluster '" + wishes.cluster + "'");
  }
  if (!wishes.name.empty() && (!forms::IsResourceName(wishes.name) || taken.contains(wishes.name)))
    return FixInput("'" + wishes.name +
                    "' cannot be the Node's name: it is taken, or not made of a-z, 0-9, - and .");
  const auto place =
      std::find_if(group->places.begin(), group->places.end(), [&taken](const FreePlace& free) {
        return !taken.contains(free.name) && (free.address.empty() || !taken.contains(free.address));
      });
  if (place == group->places.end()) {
    return FixInput("no name and address is free in cluster " + group->cluster + " for another " +
                    std::string(ToString(group->role)));
  }
  NewNode node;
  node.name = wishes.name.empty() ? place->name : wishes.name;
  node.address = place->address;
  node.cluster = group->cluster;
  node.role = group->role;
  node.path = (pattern.folder.empty() ? "" : pattern.folder + '/') + node.name + ".yaml";
  node.text = Text(node, *group, facts);
  return node;
}

std::string EncodePattern(const NodePattern& pattern) {
  json groups = json::array();
  for (const NodeGroup& group : pattern.groups) {
    json places = json::array();
    for (const FreePlace& place : group.places) places.push_back({place.name, place.address});
    groups.push_back({{"cluster", group.cluster},
                      {"role", ToString(group.role)},
                      {"disk", group.disk},
                      {"places", std::move(places)}});
  }
  const json j = {{"folder", pattern.folder}, {"groups", std::move(groups)}};
  return j.dump(1, ' ', false, json::error_handler_t::replace) + '\n';
}

Result<NodePattern> DecodePattern(std::string_view text) {
  try {
    const json j = json::parse(text);
    NodePattern pattern;
    pattern.folder = j.value("folder", "");
    for (const json& entry : j.at("groups")) {
      NodeGroup group;
      group.cluster = entry.value("cluster", "");
      group.role = ParseRole(entry.value("role", "")).value_or(Role::kWorker);
      group.disk = entry.value("disk", "");
      for (const json& place : entry.at("places"))
        group.places.push_back({place.at(0).get<std::string>(), place.at(1).get<std::string>()});
      pattern.groups.push_back(std::move(group));
    }
    return pattern;
  } catch (const std::exception& error) {
    return FixInput(std::string("reading how new nodes look: ") + error.what());
  }
}

}  // namespace slipway
