#pragma once

#include <map>
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
};

/// What stands behind RenderedTree::items[i].
struct PlannedFile {
  uint32_t node = 0;  ///< index into RenderPass::nodes
  uint32_t mac = 0;   ///< index into Node::macs
  Sha256 inputs;
};

/// One walk from a Fleet to its files: the inputs of every file, gathered and checked, and how to make each.
struct RenderPass {
  RenderPass(const Fleet& a_fleet, const SourceTree& a_source, FileCache& a_files)
      : fleet(a_fleet), source(a_source), files(a_files) {}

  /// Gathers templates, bases and patches. Diagnostics are about those files, and quote no secret.
  Result<Diagnostics> Gather();

  /// Bytes of one file; the diagnostic names the line of a base or a patch that does not fit, and
  /// quotes no secret.
  tl::expected<std::string, Diagnostic> RenderFile(const RenderedItem& item, const PlannedFile& file) const;

  const Fleet& fleet;
  const SourceTree& source;
  FileCache& files;
  ScriptTemplates templates;
  std::map<GroupKey, NodeGroup> groups;
  std::vector<PlannedNode> nodes;
  std::vector<std::vector<ResolvedPatch>> node_patches;  ///< by node; empty where a node has none
  std::map<std::string, Sha256> assets;                  ///< served path → digest
  std::vector<PlannedFile> planned;                      ///< parallel to RenderedTree::items

 private:
  Result<void> GatherAll(Diagnostics& diagnostics);
  tl::expected<std::string, Diagnostic> Make(const RenderedItem& item, const PlannedFile& file) const;
  void Inspect(const YamlFile& file, int code, Diagnostics& diagnostics);
  Result<std::shared_ptr<const YamlFile>> UseFile(const std::string& path, int code,
                                                  Diagnostics& diagnostics);
  Result<void> Resolve(const std::vector<Patch>& patches, const std::string& resource_file,
                       std::vector<ResolvedPatch>& out, Diagnostics& diagnostics);
  Result<void> GatherGroup(NodeGroup& group, const Node& first, Diagnostics& diagnostics);
  std::string AddAsset(const std::string& name, std::string_view file_name);

  Redactor redactor_;
  std::map<std::string, bool> reported_;  ///< files whose problems were reported already
};

}  // namespace slipway
