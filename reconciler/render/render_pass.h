#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "reconciler/render/machine_config.h"
#include "reconciler/render/redactor.h"
#include "reconciler/render/renderer.h"
#include "reconciler/render/scripts.h"

namespace slipway {

/// What makes two nodes start from the same: cluster, role, architecture, and where a node differs from its
/// cluster in these, Talos version and boot assets.
using GroupKey = std::tuple<std::string_view, Role, Arch, std::string, std::string_view, std::string_view>;

/// What the nodes of one group share in a pass.
struct NodeGroup {
  const Cluster* cluster = nullptr;
  TalosVersion version;
  ConfigLayers layers;
  BootPaths boot;
  std::string script_inputs;  ///< fingerprint of all but the node
  std::string config_inputs;
};

struct PlannedNode {
  const Node* node = nullptr;
  const NodeGroup* group = nullptr;
  talos::NodePlaces places;
};

/// What stands behind RenderedTree::items[i].
struct PlannedFile {
  uint32_t node = 0;  ///< index into RenderPass::nodes
  uint32_t mac = 0;   ///< index into Node::macs
  Sha256 inputs;
  Loader loader = Loader::kIpxe;  ///< that reads it, for scripts
};

/// One walk from a Fleet to its files: the inputs of every file, gathered and checked, and how to make each.
struct RenderPass {
  RenderPass(const Fleet& a_fleet, const SourceTree& a_source, FileCache& a_files, PatchCache& a_patches,
             BaseCache& a_bases, SchemaCache& a_schemas)
      : fleet(a_fleet),
        source(a_source),
        files(a_files),
        patches(a_patches),
        bases(a_bases),
        schemas(a_schemas) {}

  /// Gathers templates, bases and patches. Diagnostics are about those files, and quote no secret.
  Result<Diagnostics> Gather();

  /// Bytes of one file; diagnostics name the lines of bases and patches that do not fit, and quote no secret.
  tl::expected<RenderedText, Diagnostics> RenderFile(const RenderedItem& item, const PlannedFile& file) const;

  /// The documents of a node's machine config, their marks with the files that they are of.
  tl::expected<talos::Documents, Diagnostic> Compose(size_t node) const;

  /// `text` without what was encrypted in the repository.
  std::string Mask(std::string text) const { return redactor_.Mask(std::move(text)); }

  const Fleet& fleet;
  const SourceTree& source;
  FileCache& files;
  PatchCache& patches;
  BaseCache& bases;
  SchemaCache& schemas;
  ScriptTemplates templates;
  std::map<GroupKey, NodeGroup> groups;
  std::vector<PlannedNode> nodes;
  std::vector<LoadedPatches> node_patches;                ///< by node: what its labels select, then its own
  std::map<std::string, Sha256> assets;                   ///< served path → digest
  std::map<std::string, std::string> os_cas;              ///< of clusters that count an installation, in PEM
  std::vector<PlannedFile> planned;                       ///< parallel to RenderedTree::items
  std::map<std::string, secrets::Encryption> used_files;  ///< bases, bundles and patches, by path

 private:
  Result<void> GatherAll(Diagnostics& diagnostics);
  Mark PlaceOf(const Origin& origin) const;
  tl::expected<RenderedText, Diagnostics> Make(const RenderedItem& item, const PlannedFile& file) const;
  void Inspect(const YamlFile& file, int code, Diagnostics& diagnostics);
  Result<std::shared_ptr<const YamlFile>> UseFile(const std::string& path, int code,
                                                  Diagnostics& diagnostics);
  /// Patches of a resource, loaded for a minor release.
  Result<void> Resolve(const std::vector<Patch>& list, const std::shared_ptr<const void>& owner,
                       const std::string& resource_file, int minor, LoadedPatches& out,
                       Diagnostics& diagnostics);
  /// What nodes of that role and version start from; an empty one when there are diagnostics of it.
  Result<std::shared_ptr<const BaseConfig>> GatherBase(const Cluster& cluster, const TalosVersion& version,
                                                       Role role, Diagnostics& diagnostics);
  Result<void> GatherGroup(NodeGroup& group, const std::shared_ptr<const Cluster>& cluster, const Node& first,
                           Diagnostics& diagnostics);
  Result<void> GatherNodePatches(const std::shared_ptr<const Node>& node,
                                 const std::shared_ptr<const Cluster>& cluster, int minor, LoadedPatches& out,
                                 Diagnostics& diagnostics);
  /// Reports the problems of a base or patch, once a pass.
  void Report(const void* loaded, const std::string& path, int code, const talos::Problems& problems,
              Diagnostics& diagnostics);
  std::string AddAsset(const std::string& name, std::string_view file_name);

  Redactor redactor_;
  std::set<const void*> reported_loaded_;  ///< bases and patches whose problems were reported already
};

}  // namespace slipway
