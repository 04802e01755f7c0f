#include "reconciler/render/renderer.h"

#include <algorithm>
#include <span>

#include "reconciler/render/boot_table.h"
#include "reconciler/render/fingerprint.h"
#include "reconciler/render/render_ahead.h"
#include "reconciler/render/render_pass.h"
#include "schema/fleet/codes.h"

namespace slipway {
namespace {

/// One MAC of one node. A generation lists its machines in this order.
struct Machine {
  Mac mac;
  uint32_t node = 0;  ///< index into RenderPass::nodes
  uint32_t nic = 0;   ///< index into Node::macs
};

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

Manifest HeaderOf(const RenderPass& pass, const std::vector<Machine>& machines) {
  Manifest header = SiteHeader(pass.fleet);
  header.boot.reserve(machines.size());
  for (const Machine& machine : machines) {
    header.boot.push_back(BootEntryOf(*pass.nodes[machine.node].node, machine.mac, *pass.fleet.site));
  }
  return header;
}

RenderedItem& Add(std::vector<RenderedItem>& items, std::string path, FileKind kind) {
  RenderedItem& item = items.emplace_back();
  item.path = std::move(path);
  item.kind = kind;
  return item;
}

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

/// Lists the files of a gathered pass, sorted by path: assets/, boot.ipxe, nodes/, talos/.
void ListFiles(RenderPass& pass, const std::vector<Machine>& machines, NodeFingerprints& fingerprints,
               std::vector<RenderedItem>& items) {
  const size_t count = pass.assets.size() + 1 + 2 * machines.size();
  items.reserve(count);
  pass.planned.reserve(count);
  for (const auto& [path, digest] : pass.assets) {
    RenderedItem& asset = Add(items, path, FileKind::kAsset);
    asset.from = RenderedItem::From::kAsset;
    asset.digest = digest;
    pass.planned.push_back({});
  }
  Fingerprint entry;
  entry.Add(*pass.fleet.site);
  entry.Add(pass.templates.content_id);
  Add(items, std::string(kEntryScriptPath), FileKind::kEntryScript);
  pass.planned.push_back({0, 0, entry.Finish()});
  const std::vector<NodeInputs> inputs = InputsOfNodes(pass, fingerprints);
  for (const Machine& machine : machines) {
    Add(items, MachineScriptPath(machine.mac), FileKind::kMachineScript);
    pass.planned.push_back({machine.node, machine.nic, inputs[machine.node].script});
  }
  for (const Machine& machine : machines) {
    Add(items, MachineConfigPath(machine.mac), FileKind::kMachineConfig);
    pass.planned.push_back({machine.node, machine.nic, inputs[machine.node].config});
  }
}

/// Whatever a script tells a machine to fetch must be in the same generation.
std::optional<Diagnostic> CheckAdvertised(const std::string& script, const RenderPass& pass,
                                          std::span<const RenderedItem> items, const RenderedItem& item) {
  for (const std::string& path : AdvertisedPaths(script, pass.fleet.site->boot_server.ToString())) {
    const auto found =
        std::lower_bound(items.begin(), items.end(), path,
                         [](const RenderedItem& a, const std::string& key) { return a.path < key; });
    if (found != items.end() && found->path == path) continue;
    const bool entry = item.kind == FileKind::kEntryScript;
    return Diagnostic{entry ? "templates/boot.ipxe.mustache" : "templates/node.ipxe.mustache",
                      {},
                      code::kTemplateAdvertises,
                      Severity::kError,
                      item.path + " would tell machines to fetch `" + path + "`, which is not served",
                      "use the template's own URLs (kernel_url, initramfs_url, config_url)"};
  }
  return std::nullopt;
}

tl::expected<RenderedText, Diagnostics> RenderChecked(const RenderPass& pass,
                                                      std::span<const RenderedItem> items, size_t index) {
  auto text = pass.RenderFile(items[index], pass.planned[index]);
  if (!text || items[index].kind == FileKind::kMachineConfig) return text;
  if (auto problem = CheckAdvertised(text->bytes, pass, items, items[index])) {
    return tl::make_unexpected(Diagnostics{*problem});
  }
  return text;
}

/// `items` stay where they are when the plan is moved; it cannot be copied.
std::function<Result<std::string>(size_t)> Producer(const std::shared_ptr<const RenderPass>& pass,
                                                    std::span<const RenderedItem> items) {
  std::vector<uint32_t> queue;
  for (uint32_t i = 0; i < items.size(); ++i) {
    if (items[i].from == RenderedItem::From::kProduce) queue.push_back(i);
  }
  const auto render = [pass, items](size_t index) -> Result<std::string> {
    auto text = RenderChecked(*pass, items, index);
    if (!text) return FixInput(FormatText(text.error().front()));
    return std::move(text->bytes);
  };
  auto ahead = std::make_shared<RenderAhead>(std::move(queue), render);
  return [ahead](size_t index) { return ahead->Take(index); };
}

}  // namespace

Result<Renderer::Outcome> Renderer::MakePlan(const Fleet& fleet, const SourceTree& source) {
  auto pass = std::make_shared<RenderPass>(fleet, source, files_, patches_, bases_);
  auto gathered = pass->Gather();
  files_.EndPass();
  patches_.EndPass();
  bases_.EndPass();
  if (!gathered) return tl::make_unexpected(gathered.error());
  Outcome outcome;
  outcome.diagnostics = std::move(*gathered);
  if (HasErrors(outcome.diagnostics)) return outcome;

  Plan plan;
  const std::vector<Machine> machines = MachinesByMac(*pass);
  plan.tree.header = HeaderOf(*pass, machines);
  ListFiles(*pass, machines, fingerprints_, plan.tree.items);
  auto known = known_.begin();  // both lists are sorted by path: walked side by side
  for (size_t i = 0; i < plan.tree.items.size(); ++i) {
    RenderedItem& item = plan.tree.items[i];
    while (known != known_.end() && known->path < item.path) ++known;
    if (known == known_.end()) break;
    if (known->path != item.path || known->inputs != pass->planned[i].inputs) continue;
    item.from = RenderedItem::From::kKnown;
    item.digest = known->digest;
    item.size = known->size;
  }
  plan.tree.produce = Producer(pass, plan.tree.items);
  plan.pass = std::move(pass);
  outcome.plan = std::move(plan);
  return outcome;
}

Diagnostics Renderer::Check(const Plan& plan) {
  Diagnostics diagnostics;
  const auto& items = plan.tree.items;
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i].from != RenderedItem::From::kProduce) continue;
    const auto text = RenderChecked(*plan.pass, items, i);
    const Diagnostics& found = text ? text->warnings : text.error();
    diagnostics.insert(diagnostics.end(), found.begin(), found.end());
  }
  SortDiagnostics(diagnostics);
  return diagnostics;
}

void Renderer::Remember(const Plan& plan, const Manifest& published) {
  std::vector<Known> known;
  known.reserve(plan.tree.items.size());
  auto file = published.files.begin();
  for (size_t i = 0; i < plan.tree.items.size(); ++i) {
    const RenderedItem& item = plan.tree.items[i];
    while (file != published.files.end() && file->path < item.path) ++file;
    if (file == published.files.end()) break;
    if (item.from == RenderedItem::From::kAsset || file->path != item.path) continue;
    known.push_back({item.path, plan.pass->planned[i].inputs, file->digest, file->size});
  }
  known_ = std::move(known);
}

}  // namespace slipway
