#include "reconciler/talos/node_config.h"

namespace slipway::talos {
namespace {

void Add(yaml::Value& parent, std::string_view key, const TextMap& entries) {
  if (entries.empty()) return;
  yaml::Value& map = parent.At(key);
  for (const auto& [name, text] : entries) {
    yaml::Value value(text.value);
    value.set_mark(text.mark);
    map.At(name) = std::move(value);
  }
}

}  // namespace

void ApplyKubernetesNode(Documents& documents, const Node& node, const TalosVersion& version) {
  const NodeDetails& details = node.Details();
  if (details.labels.empty() && details.annotations.empty() && details.taints.empty()) return;
  yaml::Value& main = *FindMain(documents);
  const yaml::Value* machine = main.Find("machine");
  // A 1.14 base in the old form keeps to it: KubeNodeConfig beside the old fields is a conflict.
  const bool section = machine != nullptr && machine->Find("kubelet") != nullptr &&
                       FindDocument(documents, "KubeNodeConfig") == nullptr;
  if (version.minor < kEveryDocument || section) {
    yaml::Value& place = main.At("machine");
    Add(place, "nodeLabels", details.labels);
    Add(place, "nodeAnnotations", details.annotations);
    Add(place, "nodeTaints", details.taints);
    return;
  }
  yaml::Value& document = EnsureDocument(documents, "KubeNodeConfig");
  Add(document, "labels", details.labels);
  Add(document, "annotations", details.annotations);
  Add(document, "taints", details.taints);
}

}  // namespace slipway::talos
