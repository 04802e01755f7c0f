#include "reconciler/render/render_pass.h"

#include "reconciler/render/fingerprint.h"
#include "schema/contract/manifest.h"
#include "schema/fleet/clear_secrets.h"
#include "schema/fleet/codes.h"
#include "schema/fleet/version_check.h"

namespace slipway {

Result<std::shared_ptr<const YamlFile>> RenderPass::UseFile(const std::string& path, int code,
                                                            Diagnostics& diagnostics) {
  auto file = files.Get(source, path);
  if (file && used_files.emplace(path, (*file)->encryption).second) Inspect(**file, code, diagnostics);
  return file;
}

void RenderPass::Inspect(const YamlFile& file, int code, Diagnostics& diagnostics) {
  redactor_.Add(file.secrets);
  const yaml::Stream& stream = file.stream;
  diagnostics.insert(diagnostics.end(), stream.problems.begin(), stream.problems.end());
  if (!stream.problems.empty()) return;
  if (stream.documents.empty() && code == code::kBaseConfig) {
    diagnostics.push_back({file.path,
                           {},
                           code,
                           Severity::kError,
                           "the base config is empty",
                           "put the file there that `talosctl gen config` made"});
  }
  if (const auto found = FindClearSecrets(stream.documents, file.secrets))
    diagnostics.push_back(ClearSecretsProblem(file.path, *found, *fleet.site));
}

void RenderPass::Report(const void* loaded, const std::string& path, int code,
                        const talos::Problems& problems, Diagnostics& diagnostics) {
  if (problems.empty() || !reported_loaded_.insert(loaded).second) return;
  for (const talos::ConfigError& problem : problems) {
    diagnostics.push_back({path, problem.mark, code, Severity::kError, problem.message, problem.fix});
  }
}

Result<void> RenderPass::Resolve(const std::vector<Patch>& list, const std::shared_ptr<const void>& owner,
                                 const std::string& resource_file, int minor, LoadedPatches& out,
                                 Diagnostics& diagnostics) {
  for (const Patch& patch : list) {
    if (const auto* ref = std::get_if<FileRef>(&patch.body)) {
      auto file = UseFile(ref->value, code::kPatchRefused, diagnostics);
      if (!file) return tl::make_unexpected(file.error());
      out.push_back(patches.File(*file, minor));
    } else {
      out.push_back(patches.InPlace(patch, owner, resource_file, minor));
    }
    Report(out.back().get(), out.back()->path, code::kPatchRefused, out.back()->problems, diagnostics);
  }
  return {};
}

Result<void> RenderPass::GatherNodePatches(const std::shared_ptr<const Node>& node,
                                           const std::shared_ptr<const Cluster>& cluster, int minor,
                                           LoadedPatches& out, Diagnostics& diagnostics) {
  for (const PatchSelector& selector : cluster->patch_selectors) {
    if (!selector.selector.Matches(node->labels)) continue;
    auto done = Resolve(selector.patches, cluster, cluster->origin.file, minor, out, diagnostics);
    if (!done) return done;
  }
  return Resolve(node->patches, node, node->origin.file, minor, out, diagnostics);
}

std::string RenderPass::AddAsset(const std::string& name, std::string_view file_name) {
  const auto asset = fleet.assets.find(name);
  if (asset == fleet.assets.end()) return {};
  const auto digest = Sha256::ParseHex(asset->second->sha256);
  if (!digest) return {};
  std::string path = AssetPath(*digest, file_name);
  assets.emplace(path, *digest);
  return path;
}

Result<std::shared_ptr<const BaseConfig>> RenderPass::GatherBase(const Cluster& cluster,
                                                                 const TalosVersion& version, Role role,
                                                                 Diagnostics& diagnostics) {
  if (cluster.secrets.value.empty()) {
    const bool control_plane = role == Role::kControlPlane;
    const FileRef& ref = control_plane ? cluster.base_controlplane : cluster.base_worker;
    const auto file = UseFile(ref.value, code::kBaseConfig, diagnostics);
    if (!file) return tl::make_unexpected(file.error());
    const auto loaded = patches.Base(*file, version.minor);
    const auto misfits = CheckBaseFile(**file, role, version, cluster);
    diagnostics.insert(diagnostics.end(), misfits.begin(), misfits.end());
    Report(loaded.get(), loaded->path, code::kBaseConfig, WithoutLinesOf(misfits, loaded->problems),
           diagnostics);
    return BaseFromFile(*loaded);
  }
  const auto file = UseFile(cluster.secrets.value, code::kBundleField, diagnostics);
  if (!file) return tl::make_unexpected(file.error());
  if (!(*file)->stream.problems.empty()) return std::make_shared<const BaseConfig>();
  auto made = bases.Get(**file, cluster, role, version, patches.sources().IdOf(cluster.origin.file));
  if (!made) {
    diagnostics.insert(diagnostics.end(), made.error().begin(), made.error().end());
    return std::make_shared<const BaseConfig>();
  }
  if (role == Role::kControlPlane) CheckEncryption(**file, version, diagnostics);
  return std::move(*made);
}

Result<void> RenderPass::GatherGroup(NodeGroup& group, const std::shared_ptr<const Cluster>& owner,
                                     const Node& first, Diagnostics& diagnostics) {
  const Cluster& cluster = *owner;
  group.version = VersionOf(cluster, first);
  const int minor = group.version.minor;
  const bool control_plane = first.role == Role::kControlPlane;
  auto base = GatherBase(cluster, group.version, first.role, diagnostics);
  if (!base) return tl::make_unexpected(base.error());
  group.layers.base = std::move(*base);
  auto schema = schemas.For(cluster, group.version, source, diagnostics);
  if (!schema) return tl::make_unexpected(schema.error());
  group.layers.schema = std::move(schema->schema);
  for (const auto* list :
       {&cluster.patches_all, control_plane ? &cluster.patches_controlplane : &cluster.patches_worker}) {
    auto done = Resolve(*list, owner, cluster.origin.file, minor, group.layers.patches, diagnostics);
    if (!done) return done;
  }
  const auto shared = cluster.boot.find(first.arch);
  const auto& own = first.Details().boot;
  if (!own && shared == cluster.boot.end()) return Bug("loading let a node without boot assets pass");
  const BootAssets& boot = own ? *own : shared->second;
  group.boot.kernel = AddAsset(boot.kernel.value, "vmlinuz");
  group.boot.initramfs = AddAsset(boot.initramfs.value, "initramfs.xz");

  Fingerprint script;
  script.Add(*fleet.site);
  script.Add(cluster);
  script.Add(templates.content_id);
  script.Add(group.boot.kernel);
  script.Add(group.boot.initramfs);
  script.Add(group.version.ToString());
  group.script_inputs = script.Finish().ToHex();
  Fingerprint config;
  config.Add(cluster);
  config.Add(group.version.ToString());
  config.Add(group.layers.base->content_id);
  for (const auto& patch : group.layers.patches) config.Add(patch->content_id);
  config.Add(schema->content_id);  // another schema may refuse what the last one let pass
  group.config_inputs = config.Finish().ToHex();
  return {};
}

Result<Diagnostics> RenderPass::Gather() {
  Diagnostics diagnostics;
  if (auto done = GatherAll(diagnostics); !done) return tl::make_unexpected(done.error());
  redactor_.Seal();
  for (Diagnostic& diagnostic : diagnostics) redactor_.Mask(diagnostic);
  SortDiagnostics(diagnostics);
  return diagnostics;
}

Result<void> RenderPass::GatherAll(Diagnostics& diagnostics) {
  auto loaded = LoadScriptTemplates(source, diagnostics);
  if (!loaded) return tl::make_unexpected(loaded.error());
  templates = std::move(*loaded);
  nodes.reserve(fleet.nodes.size());
  node_patches.resize(fleet.nodes.size());
  for (const auto& node : fleet.nodes) {
    const auto cluster = fleet.clusters.find(node->cluster.value);
    if (cluster == fleet.clusters.end()) return Bug("loading let a node without a cluster pass");
    const NodeDetails& details = node->Details();
    const auto [slot, fresh] = groups.try_emplace(
        {cluster->first, node->role, node->arch,
         details.talos_version ? details.talos_version->value.ToString() : "",
         details.boot ? details.boot->kernel.value : "", details.boot ? details.boot->initramfs.value : ""});
    NodeGroup& group = slot->second;
    if (fresh) {
      group.cluster = cluster->second.get();
      if (auto done = GatherGroup(group, cluster->second, *node, diagnostics); !done) {
        return tl::make_unexpected(done.error());
      }
    }
    if (node->install_revision != 0) os_cas.try_emplace(cluster->first, OsAuthorities(*group.layers.base));
    auto& own = node_patches[nodes.size()];
    if (auto done = GatherNodePatches(node, cluster->second, group.version.minor, own, diagnostics); !done) {
      return tl::make_unexpected(done.error());
    }
    nodes.push_back({node.get(),
                     &group,
                     {PlaceOf(node->origin), PlaceOf(cluster->second->origin), PlaceOf(fleet.site->origin)}});
  }
  return {};
}

Mark RenderPass::PlaceOf(const Origin& origin) const {
  return {origin.mark.line, origin.mark.column, patches.sources().IdOf(origin.file)};
}

tl::expected<RenderedText, Diagnostics> RenderPass::RenderFile(const RenderedItem& item,
                                                               const PlannedFile& file) const {
  auto made = Make(item, file);
  for (Diagnostic& diagnostic : made ? made->warnings : made.error()) redactor_.Mask(diagnostic);
  return made;
}

tl::expected<talos::Documents, Diagnostic> RenderPass::Compose(size_t index) const {
  const PlannedNode& planned_node = nodes[index];
  const NodeGroup& group = *planned_node.group;
  return ComposeMachineConfig(group.layers, node_patches[index], *planned_node.node, *group.cluster,
                              group.version, planned_node.places);
}

tl::expected<RenderedText, Diagnostics> RenderPass::Make(const RenderedItem& item,
                                                         const PlannedFile& file) const {
  if (item.kind == FileKind::kEntryScript)
    return RenderedText{RenderEntryScript(*templates.entry, *fleet.site), {}};
  const PlannedNode& planned_node = nodes[file.node];
  const Node& node = *planned_node.node;
  const NodeGroup& group = *planned_node.group;
  if (item.kind == FileKind::kMachineConfig) {
    return RenderMachineConfig(group.layers, node_patches[file.node], node, *group.cluster, group.version,
                               planned_node.places, patches.sources());
  }
  const auto loader = static_cast<size_t>(file.loader);
  if (item.kind == FileKind::kLocalBoot) {
    return RenderedText{
        RenderLocalScript(*templates.local[loader], node.Details().exit.value_or(LocalBoot{})), {}};
  }
  const Before before = item.kind == FileKind::kWipeScript ? Before::kWipe : Before::kNothing;
  return RenderedText{RenderMachineScript(*templates.machine[loader], *fleet.site, *group.cluster,
                                          group.version, node, node.macs[file.mac].value, group.boot, before),
                      {}};
}

}  // namespace slipway
