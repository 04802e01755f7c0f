#include "reconciler/import/talhelper_merge.h"

#include <algorithm>
#include <array>

#include "reconciler/import/fields.h"

namespace slipway::imports {
namespace {

constexpr std::array<std::string_view, 22> kSharedFields = {"nodeLabels",
                                                            "nodeAnnotations",
                                                            "nodeTaints",
                                                            "machineDisks",
                                                            "machineFiles",
                                                            "kernelModules",
                                                            "disableSearchDomain",
                                                            "nameservers",
                                                            "networkInterfaces",
                                                            "extraManifests",
                                                            "certSANs",
                                                            "patches",
                                                            "talosImageURL",
                                                            "noSchematicValidate",
                                                            "schematic",
                                                            "imageSchematic",
                                                            "machineSpec",
                                                            "ingressFirewall",
                                                            "extensionServices",
                                                            "volumes",
                                                            "userVolumes",
                                                            "filenameTmpl"};
constexpr std::array<std::string_view, 9> kNodeFields = {"hostname",
                                                         "ipAddress",
                                                         "controlPlane",
                                                         "installDisk",
                                                         "installDiskSelector",
                                                         "ignoreHostname",
                                                         "overridePatches",
                                                         "overrideExtraManifests",
                                                         "overrideMachineCertSANs"};
constexpr std::array<std::string_view, 19> kClusterFields = {"clusterName",
                                                             "talosVersion",
                                                             "kubernetesVersion",
                                                             "endpoint",
                                                             "domain",
                                                             "allowSchedulingOnMasters",
                                                             "allowSchedulingOnControlPlanes",
                                                             "additionalMachineCertSans",
                                                             "additionalApiServerCertSans",
                                                             "inlineManifests",
                                                             "clusterPodNets",
                                                             "clusterSvcNets",
                                                             "cniConfig",
                                                             "patches",
                                                             "nodes",
                                                             "imageFactory",
                                                             "controlPlane",
                                                             "worker",
                                                             "sops"};

/// Go's zero value: null, false and "" are, an empty list or mapping that is written is not.
bool IsZero(const yaml::Value& value, std::string_view field) {
  if (const bool* flag = value.AsBool()) return !*flag;
  if (field == "machineSpec" && value.AsMapping() != nullptr) {
    return std::all_of(value.AsMapping()->begin(), value.AsMapping()->end(),
                       [](const yaml::Entry& entry) { return IsZero(entry.value, ""); });
  }
  return value.IsNull() || (value.AsString() != nullptr && value.AsString()->empty());
}

void MergeNames(const yaml::Value& node, const yaml::Value& group, TalhelperNode& merged) {
  if (Flag(node, "overrideMachineCertSANs")) return;
  std::vector<std::string> names = TextList(node, "certSANs");
  if (names.empty()) return;  // the group's stand alone
  for (std::string& name : TextList(group, "certSANs")) names.push_back(std::move(name));
  merged.value.At("certSANs") = TextSequence(names);
}

template <class Known>
void RemarkUnknown(const yaml::Value& mapping, const Known& is_known, const std::string& where,
                   Draft& draft) {
  if (mapping.AsMapping() == nullptr) return;
  for (const yaml::Entry& entry : *mapping.AsMapping()) {
    if (is_known(entry.key)) continue;
    draft.Note(entry.key_mark,
               "talhelper has no field `" + entry.key + "` in " + where + " and passes it over",
               "correct its name if it was meant");
  }
}

bool IsShared(const std::string& key) {
  return std::find(kSharedFields.begin(), kSharedFields.end(), key) != kSharedFields.end();
}

}  // namespace

TalhelperNode MergeNode(const yaml::Value& node, const yaml::Value* group) {
  TalhelperNode merged;
  merged.value = node;
  merged.hostname = Text(node, "hostname");
  merged.name = ResourceName(merged.hostname);
  merged.role = Flag(node, "controlPlane") ? Role::kControlPlane : Role::kWorker;
  merged.value.Erase("patches");
  merged.value.Erase("extraManifests");
  if (group == nullptr || group->AsMapping() == nullptr) return merged;
  MergeNames(node, *group, merged);
  for (const yaml::Entry& entry : *group->AsMapping()) {
    if (!IsShared(entry.key) || entry.key == "patches" || entry.key == "extraManifests") continue;
    const yaml::Value* own = node.Find(entry.key);
    if (own != nullptr && !IsZero(*own, entry.key)) continue;
    if (IsZero(entry.value, entry.key)) continue;
    merged.value.At(entry.key) = entry.value;
    merged.shared.insert(entry.key);
  }
  return merged;
}

void RemarkUnknownFields(const yaml::Value& config, Draft& draft) {
  const auto in_cluster = [](const std::string& key) {
    return std::find(kClusterFields.begin(), kClusterFields.end(), key) != kClusterFields.end();
  };
  const auto in_node = [](const std::string& key) {
    return IsShared(key) || std::find(kNodeFields.begin(), kNodeFields.end(), key) != kNodeFields.end();
  };
  RemarkUnknown(config, in_cluster, "a talconfig", draft);
  for (const yaml::Value& node : List(config, "nodes")) RemarkUnknown(node, in_node, "a node", draft);
  for (const std::string_view group : {"controlPlane", "worker"}) {
    if (const yaml::Value* value = config.Find(group)) RemarkUnknown(*value, IsShared, "a group", draft);
  }
}

}  // namespace slipway::imports
