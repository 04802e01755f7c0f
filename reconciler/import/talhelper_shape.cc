// talhelper reads its file into Go types and refuses another shape; so do we, before anything looks inside.
#include <algorithm>
#include <initializer_list>

#include "reconciler/import/fields.h"
#include "reconciler/import/talhelper_merge.h"

namespace slipway::imports {
namespace {

enum class Shape { kMapping, kList, kListOfMappings };
using Names = std::initializer_list<std::string_view>;

class ShapeCheck {
 public:
  explicit ShapeCheck(const std::string& file) : file_(file) {}

  Result<void> Run(const yaml::Value& config) {
    Check(config, Shape::kMapping, {"cniConfig", "imageFactory", "controlPlane", "worker"});
    Check(config, Shape::kList,
          {"additionalMachineCertSans", "additionalApiServerCertSans", "clusterPodNets", "clusterSvcNets",
           "patches"});
    Check(config, Shape::kListOfMappings, {"inlineManifests", "nodes"});
    if (problem_.empty()) {
      for (const yaml::Value& node : List(config, "nodes")) Node(node);
      for (const std::string_view group : {"controlPlane", "worker"}) {
        if (const yaml::Value* value = config.Find(group)) Node(*value);
      }
    }
    if (problem_.empty()) return {};
    return FixInput(problem_);
  }

 private:
  void Node(const yaml::Value& node) {
    Check(node, Shape::kMapping,
          {"nodeLabels", "nodeAnnotations", "nodeTaints", "schematic", "imageSchematic", "machineSpec",
           "ingressFirewall", "installDiskSelector"});
    Check(node, Shape::kList, {"nameservers", "extraManifests", "certSANs", "patches"});
    Check(node, Shape::kListOfMappings,
          {"machineDisks", "machineFiles", "kernelModules", "networkInterfaces", "extensionServices",
           "volumes", "userVolumes"});
    for (const std::string_view key : {"schematic", "imageSchematic"}) {
      if (const yaml::Value* schematic = node.Find(key)) Schematic(*schematic);
    }
    if (const yaml::Value* firewall = node.Find("ingressFirewall")) {
      Check(*firewall, Shape::kListOfMappings, {"rules"});
    }
    for (const yaml::Value& device : List(node, "networkInterfaces")) Device(device);
    for (const std::string_view key : {"volumes", "userVolumes"}) {
      for (const yaml::Value& volume : List(node, key)) {
        Check(volume, Shape::kMapping, {"provisioning", "encryption", "filesystem"});
      }
    }
  }

  void Schematic(const yaml::Value& schematic) {
    Check(schematic, Shape::kMapping, {"overlay", "customization"});
    const yaml::Value* customization = schematic.Find("customization");
    if (customization == nullptr) return;
    Check(*customization, Shape::kMapping, {"systemExtensions", "secureboot", "diskImage"});
    Check(*customization, Shape::kList, {"extraKernelArgs"});
    Check(*customization, Shape::kListOfMappings, {"meta"});
  }

  void Device(const yaml::Value& device) {
    Check(device, Shape::kMapping, {"deviceSelector", "dhcpOptions", "bond", "bridge", "wireguard", "vip"});
    Check(device, Shape::kList, {"addresses"});
    Check(device, Shape::kListOfMappings, {"routes", "vlans"});
    for (const yaml::Value& vlan : List(device, "vlans")) {
      Check(vlan, Shape::kMapping, {"dhcpOptions", "vip"});
      Check(vlan, Shape::kListOfMappings, {"routes"});
    }
  }

  void Check(const yaml::Value& parent, Shape shape, Names names) {
    for (const std::string_view name : names) {
      const yaml::Value* value = parent.Find(name);
      if (value == nullptr || value->IsNull()) continue;
      if (shape == Shape::kMapping) {
        if (value->AsMapping() == nullptr) Report(*value, name, "a mapping");
        continue;
      }
      const yaml::Sequence* list = value->AsSequence();
      if (list == nullptr) {
        Report(*value, name, "a list");
        continue;
      }
      const auto wrong = std::find_if(list->begin(), list->end(),
                                      [](const yaml::Value& item) { return item.AsMapping() == nullptr; });
      if (shape == Shape::kListOfMappings && wrong != list->end()) Report(*wrong, name, "a list of mappings");
    }
  }

  void Report(const yaml::Value& value, std::string_view name, std::string_view wanted) {
    if (!problem_.empty()) return;
    problem_ = file_ + ':' + std::to_string(value.mark().line) + ':' + std::to_string(value.mark().column) +
               ": `" + std::string(name) + "` must be " + std::string(wanted) + ", not " +
               std::string(value.KindName());
  }

  const std::string& file_;
  std::string problem_;
};

}  // namespace

Result<void> CheckShapes(const yaml::Value& config, const std::string& file) {
  return ShapeCheck(file).Run(config);
}

}  // namespace slipway::imports
