#include "reconciler/render/machine_config.h"

#include "reconciler/talos/base_install.h"
#include "reconciler/talos/merge.h"
#include "reconciler/talos/node_config.h"
#include "reconciler/talos/validation.h"
#include "schema/fleet/codes.h"

namespace slipway {
namespace {

tl::unexpected<Diagnostic> At(const std::string& file, int code, const talos::ConfigError& error,
                              const Node& node) {
  return tl::make_unexpected(Diagnostic{error.file.empty() ? file : error.file, error.mark, code,
                                        Severity::kError, error.message + " (for node " + node.name + ")",
                                        error.fix});
}

/// At the user's line that set the value. What many nodes share is said without naming one, so that it is
/// said once.
Diagnostic AsDiagnostic(talos::Finding& finding, int code, const Node& node, const SourceTable& sources) {
  const std::string_view path = sources.PathOf(finding.mark.source);
  const bool own = path.empty() || path == node.origin.file;
  Mark mark = own && finding.mark.line == 0 ? node.origin.mark : finding.mark;
  mark.source = 0;
  return {own ? node.origin.file : std::string(path),
          mark,
          code,
          finding.severity,
          std::move(finding.message) + (own ? " (node " + node.name + ")" : ""),
          std::move(finding.fix)};
}

}  // namespace

tl::expected<talos::Documents, Diagnostic> ComposeMachineConfig(const ConfigLayers& layers,
                                                                const LoadedPatches& node_patches,
                                                                const Node& node, const Cluster& cluster,
                                                                const TalosVersion& version,
                                                                const talos::NodePlaces& places) {
  talos::Documents documents;
  const BaseConfig& base = *layers.base;
  documents.reserve(base.documents.size() + 8);
  documents.insert(documents.end(), base.documents.begin(), base.documents.end());
  if (const auto done = talos::ApplyNode(documents, node, cluster.volumes, version, places); !done) {
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

tl::expected<RenderedText, Diagnostics> RenderMachineConfig(
    const ConfigLayers& layers, const LoadedPatches& node_patches, const Node& node, const Cluster& cluster,
    const TalosVersion& version, const talos::NodePlaces& places, const SourceTable& sources) {
  const auto documents = ComposeMachineConfig(layers, node_patches, node, cluster, version, places);
  if (!documents) return tl::make_unexpected(Diagnostics{documents.error()});
  RenderedText rendered;
  Diagnostics errors;
  auto findings = talos::Validate(*documents, version, talos::RuntimeMode::kMetal);
  std::vector<talos::Finding> misfits;
  if (layers.schema != nullptr) misfits = talos::WithoutPlacesOf(findings, layers.schema->Check(*documents));
  for (auto* list : {&findings, &misfits}) {
    const int code = list == &findings ? code::kMachineConfig : code::kOfficialSchema;
    for (talos::Finding& finding : *list) {
      Diagnostic diagnostic = AsDiagnostic(finding, code, node, sources);
      (finding.severity == Severity::kError ? errors : rendered.warnings).push_back(std::move(diagnostic));
    }
  }
  if (!errors.empty()) return tl::make_unexpected(std::move(errors));
  std::vector<const yaml::Value*> order;
  order.reserve(documents->size());
  for (const yaml::Value& document : *documents) order.push_back(&document);
  rendered.bytes = yaml::Write(order);
  return rendered;
}

}  // namespace slipway
