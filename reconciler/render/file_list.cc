#include "reconciler/render/file_list.h"

#include <algorithm>

#include "reconciler/render/boot_table.h"

namespace slipway {
namespace {

/// What a machine's script and its config depend on.
struct NodeInputs {
  Sha256 script;
  Sha256 config;
};

/// Which of the cluster's selectors a node's labels match, as a text of 0 and 1.
std::string SelectedBy(const Cluster& cluster, const Node& node) {
  std::string selected;
  for (const PatchSelector& selector : cluster.patch_selectors) {
    selected += selector.selector.Matches(node.labels) ? '1' : '0';
  }
  return selected;
}

std::vector<NodeInputs> InputsOfNodes(const RenderPass& pass, NodeFingerprints& fingerprints) {
  std::vector<NodeInputs> inputs;
  inputs.reserve(pass.nodes.size());
  for (uint32_t n = 0; n < pass.nodes.size(); ++n) {
    const std::string node = fingerprints.Of(pass.fleet.nodes[n]).ToHex();
    Fingerprint script;
    script.Add(pass.nodes[n].group->script_inputs);
    script.Add(node);
    Fingerprint config;
    config.Add(pass.nodes[n].group->config_inputs);
    config.Add(node);
    // What its labels select is told by the files' contents, or by which of the cluster's texts they are.
    for (const auto& patch : pass.node_patches[n]) {
      config.Add(patch->path);
      config.Add(patch->content_id);
    }
    config.Add(SelectedBy(*pass.nodes[n].group->cluster, *pass.nodes[n].node));
    inputs.push_back({script.Finish(), config.Finish()});
  }
  fingerprints.EndPass();
  return inputs;
}

/// Appends items and what they are made from side by side.
class Lister {
 public:
  Lister(std::vector<RenderedItem>& items, std::vector<PlannedFile>& planned)
      : items_(items), planned_(planned) {}

  RenderedItem& Add(std::string path, FileKind kind, PlannedFile from) {
    RenderedItem& item = items_.emplace_back();
    item.path = std::move(path);
    item.kind = kind;
    planned_.push_back(from);
    return item;
  }

 private:
  std::vector<RenderedItem>& items_;
  std::vector<PlannedFile>& planned_;
};

/// One script for each way to the disk that a node has, in each form that a loader of such a node reads.
void AddLocalScripts(const RenderPass& pass, Lister& list) {
  std::map<std::string, PlannedFile> scripts;
  for (uint32_t n = 0; n < pass.nodes.size(); ++n) {
    const Node& node = *pass.nodes[n].node;
    if (node.install_revision == 0) continue;
    for (const Loader loader : LoadersOf(node)) {
      Fingerprint inputs;
      inputs.Add(pass.templates.content_id);
      scripts.try_emplace(LocalScriptPath(node.Details().exit.value_or(LocalBoot{}), loader),
                          PlannedFile{n, 0, inputs.Finish(), loader});
    }
  }
  for (const auto& [path, from] : scripts) list.Add(path, FileKind::kLocalBoot, from);
}

/// A machine's own scripts: nodes/<mac>.grub.cfg, .ipxe, .pxelinux.cfg, .wipe.….
void AddMachineScripts(const RenderPass& pass, const Machine& machine, const Sha256& inputs, Lister& list) {
  const Node& node = *pass.nodes[machine.node].node;
  const std::vector<Loader> loaders = LoadersOf(node);
  const auto has = [&](Loader loader) {
    return std::find(loaders.begin(), loaders.end(), loader) != loaders.end();
  };
  const auto add = [&](std::string path, FileKind kind, Loader loader) {
    if (has(loader)) list.Add(std::move(path), kind, {machine.node, machine.nic, inputs, loader});
  };
  add(MachineGrubPath(machine.mac), FileKind::kLoaderConfig, Loader::kGrub);
  add(MachineScriptPath(machine.mac), FileKind::kMachineScript, Loader::kIpxe);
  add(MachinePxelinuxPath(machine.mac), FileKind::kLoaderConfig, Loader::kPxelinux);
  if (!node.Details().wipe) return;
  for (const Loader loader : {Loader::kGrub, Loader::kIpxe, Loader::kPxelinux})
    add(MachineWipePath(machine.mac, loader), FileKind::kWipeScript, loader);
}

}  // namespace

std::vector<Machine> MachinesByMac(const RenderPass& pass) {
  std::vector<Machine> machines;
  machines.reserve(pass.nodes.size());
  for (uint32_t n = 0; n < pass.nodes.size(); ++n) {
    const auto& macs = pass.nodes[n].node->macs;
    for (uint32_t m = 0; m < macs.size(); ++m) machines.push_back({macs[m].value, n, m});
  }
  std::sort(machines.begin(), machines.end(),
            [](const Machine& a, const Machine& b) { return a.mac < b.mac; });
  return machines;
}

std::vector<RenderedItem> ListFiles(RenderPass& pass, const std::vector<Machine>& machines,
                                    NodeFingerprints& fingerprints) {
  std::vector<RenderedItem> items;
  const size_t count = pass.assets.size() + 1 + 2 * machines.size();
  items.reserve(count);
  pass.planned.reserve(count);
  Lister list(items, pass.planned);
  for (const auto& [path, digest] : pass.assets) {
    RenderedItem& asset = list.Add(path, FileKind::kAsset, {});
    asset.from = RenderedItem::From::kAsset;
    asset.digest = digest;
  }
  Fingerprint entry;
  entry.Add(*pass.fleet.site);
  entry.Add(pass.templates.content_id);
  list.Add(std::string(kEntryScriptPath), FileKind::kEntryScript, {0, 0, entry.Finish(), Loader::kIpxe});
  AddLocalScripts(pass, list);
  const std::vector<NodeInputs> inputs = InputsOfNodes(pass, fingerprints);
  for (const Machine& machine : machines) AddMachineScripts(pass, machine, inputs[machine.node].script, list);
  for (const Machine& machine : machines) {
    list.Add(MachineConfigPath(machine.mac), FileKind::kMachineConfig,
             {machine.node, machine.nic, inputs[machine.node].config, Loader::kIpxe});
  }
  return items;
}

}  // namespace slipway
