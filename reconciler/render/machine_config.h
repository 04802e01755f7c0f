#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reconciler/render/file_cache.h"
#include "schema/fleet/diagnostic.h"
#include "schema/fleet/fleet.h"
#include "schema/fleet/yaml.h"

namespace slipway {

/// A patch with its documents at hand: of a file, or of a resource that holds it in place.
class ResolvedPatch {
 public:
  explicit ResolvedPatch(std::shared_ptr<const YamlFile> file) : file_(std::move(file)) {}
  ResolvedPatch(std::string resource_file, const Patch& patch);

  const std::string& path() const { return file_ ? file_->path : path_; }
  const std::vector<yaml::Document>& documents() const { return file_ ? file_->stream.documents : own_; }
  /// Identity of the file's content, "" for a patch in place (it is part of its resource).
  std::string_view content_id() const {
    return file_ ? std::string_view(file_->content_id) : std::string_view();
  }

 private:
  std::shared_ptr<const YamlFile> file_;
  std::string path_;
  std::vector<yaml::Document> own_;
};

/// What all nodes of one role in one cluster start from.
struct ConfigLayers {
  std::shared_ptr<const YamlFile> base;
  std::vector<ResolvedPatch> patches;  ///< the cluster's, for all and then for the role
};

/// A node's whole machine config as YAML text: base, the node's settings, the cluster's patches, the node's
/// patches. An error is a diagnostic at the line that caused it. Pure.
tl::expected<std::string, Diagnostic> RenderMachineConfig(const ConfigLayers& layers,
                                                          const std::vector<ResolvedPatch>& node_patches,
                                                          const Node& node, const Cluster& cluster,
                                                          const TalosVersion& version);

}  // namespace slipway
