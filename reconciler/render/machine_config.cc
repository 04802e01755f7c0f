#include "reconciler/render/machine_config.h"

#include "reconciler/talos/base_install.h"
#include "reconciler/talos/merge.h"
#include "reconciler/talos/node_config.h"
#include "schema/fleet/codes.h"

namespace slipway {
namespace {

tl::unexpected<Diagnostic> At(const std::string& file, int code, const talos::ConfigError& error,
                              const Node& node) {
  return tl::make_unexpected(Diagnostic{error.file.empty() ? file : error.file, error.mark, code,
                                        Severity::kError, error.message + " (for node " + node.name + ")",
                                        error.fix});
}

}  // namespace

tl::expected<talos::Documents, Diagnostic> ComposeMachineConfig(const ConfigLayers& layers,
                                                                const LoadedPatches& node_patches,
                                                                const Node& node, const Cluster& cluster,
                                                                const TalosVersion& version) {
  talos::Documents documents;
  const BaseConfig& base = *layers.base;
  documents.reserve(base.documents.size() + 8);
  documents.insert(documents.end(), base.documents.begin(), base.documents.end());
  if (const auto done = talos::ApplyNode(documents, node, cluster.volumes, version); !done) {
    return At(base.path, code::kBaseConfig, done.error(), node);
  }
  talos::CompleteInstall(documents, base.install_image,
                         base.wipe ? talos::Wipe::kDisk : talos::Wipe::kAsWritten);
  const talos::TypeModel& model = talos::TypeModel::Of(version.minor);
  for (const LoadedPatches* patches : {&layers.patches, &node_patches}) {
    for (const auto& patch : *patches) {
      if (const auto done = talos::ApplyPatch(documents, patch->patch, model); !done) {
        return At(patch->path, code::kPatchRefused, done.error(), node);
      }
    }
  }
  return documents;
}

tl::expected<std::string, Diagnostic> RenderMachineConfig(const ConfigLayers& layers,
                                                          const LoadedPatches& node_patches, const Node& node,
                                                          const Cluster& cluster,
                                                          const TalosVersion& version) {
  const auto documents = ComposeMachineConfig(layers, node_patches, node, cluster, version);
  if (!documents) return tl::make_unexpected(documents.error());
  std::vector<const yaml::Value*> order;
  order.reserve(documents->size());
  for (const yaml::Value& document : *documents) order.push_back(&document);
  return yaml::Write(order);
}

}  // namespace slipway
