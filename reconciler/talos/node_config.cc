#include "reconciler/talos/node_config.h"

#include "reconciler/talos/values.h"

namespace slipway::talos {
namespace {

/// A static name. From 1.12 `auto` must be off beside it, and the old fields may not stay: Talos refuses both
/// at once.
void ApplyHostname(Documents& documents, const Node& node, const TalosVersion& version) {
  yaml::Value& main = *FindMain(documents);
  if (version.minor < kNetworkDocuments) {
    main.At("machine").At("network").At("hostname") = Placed(node.hostname.value, node.hostname.mark);
    return;
  }
  if (yaml::Value* machine = main.Find("machine")) {
    if (yaml::Value* network = machine->Find("network")) network->Erase("hostname");
    if (yaml::Value* features = machine->Find("features")) features->Erase("stableHostname");
  }
  yaml::Value& document = EnsureDocument(documents, "HostnameConfig");
  document.At("hostname") = Placed(node.hostname.value, node.hostname.mark);
  document.At("auto") = Placed("off", node.hostname.mark);
}

ConfigResult<void> CheckMain(Documents& documents) {
  const yaml::Value* main = FindMain(documents);
  if (main == nullptr) {
    return tl::make_unexpected(ConfigError{{1, 1},
                                           "the base config has no main document (the one with `machine:`)",
                                           "use the file that `talosctl gen config` made, whole"});
  }
  for (const std::string_view section : {"machine", "cluster"}) {
    const yaml::Value* value = main->Find(section);
    if (value != nullptr && !value->IsNull() && value->AsMapping() == nullptr) {
      return tl::make_unexpected(ConfigError{value->mark(),
                                             "`" + std::string(section) + "` must be a mapping",
                                             "use the file that `talosctl gen config` made"});
    }
  }
  return {};
}

}  // namespace

ConfigResult<void> ApplyNode(Documents& documents, const Node& node,
                             const std::vector<Volume>& cluster_volumes, const TalosVersion& version,
                             const NodePlaces& places) {
  if (auto checked = CheckMain(documents); !checked) return checked;
  ApplyClusterVolumes(documents, node, cluster_volumes, version);
  for (yaml::Value& document : documents) document.FillPlaces(places.cluster);
  ApplyHostname(documents, node, version);
  if (version.minor < kNetworkDocuments) {
    ApplyLegacyNetwork(*FindMain(documents), node, places);
  } else {
    ApplyNetworkDocuments(documents, node, places);
  }
  if (auto installed = ApplyInstall(documents, node, version); !installed) return installed;
  ApplyKubernetesNode(documents, node, version);
  ApplyNodeVolumes(documents, node, version);
  for (yaml::Value& document : documents) document.FillPlaces(places.node);
  return {};
}

}  // namespace slipway::talos
