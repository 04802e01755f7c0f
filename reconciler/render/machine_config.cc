#include "reconciler/render/machine_config.h"

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

ResolvedPatch::ResolvedPatch(std::string resource_file, const Patch& patch)
    : path_(std::move(resource_file)) {
  own_.push_back({std::get<yaml::Value>(patch.body), patch.mark});
}

tl::expected<std::string, Diagnostic> RenderMachineConfig(const ConfigLayers& layers,
                                                          const std::vector<ResolvedPatch>& node_patches,
                                                          const Node& node, const Cluster& cluster,
                                                          const TalosVersion& version) {
  talos::Documents documents;
  documents.reserve(layers.base->stream.documents.size() + 8);
  for (const yaml::Document& document : layers.base->stream.documents) documents.push_back(document.root);
  if (const auto done = talos::ApplyNode(documents, node, cluster.volumes, version); !done) {
    return At(layers.base->path, code::kBaseConfig, done.error(), node);
  }
  for (const auto* patches : {&layers.patches, &node_patches}) {
    for (const ResolvedPatch& patch : *patches) {
      if (const auto done = talos::ApplyPatch(documents, patch.documents()); !done) {
        return At(patch.path(), code::kPatchRefused, done.error(), node);
      }
    }
  }
  std::vector<const yaml::Value*> order;
  order.reserve(documents.size());
  for (const yaml::Value& document : documents) order.push_back(&document);
  return yaml::Write(order);
}

}  // namespace slipway
