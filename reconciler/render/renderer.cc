#include "reconciler/render/renderer.h"

#include <algorithm>
#include <numeric>
#include <span>

#include "reconciler/render/fingerprint.h"
#include "reconciler/render/render_pass.h"
#include "schema/fleet/codes.h"

namespace slipway {
namespace {

Manifest HeaderOf(const Fleet& fleet) {
  Manifest header;
  header.site = fleet.site->name;
  header.boot_server = fleet.site->boot_server;
  header.unknown_machines = fleet.site->unknown_machines;
  header.config_access = fleet.site->config_access;
  for (const auto& node : fleet.nodes) {
    for (const auto& mac : node->macs) {
      BootEntry entry;
      entry.mac = mac.value;
      entry.node = node->name;
      entry.cluster = node->cluster.value;
      entry.role = node->role;
      entry.arch = node->arch;
      entry.hostname = node->hostname.value;
      entry.uuid = node->uuid.value;
      entry.serial = node->serial.value;
      entry.script = MachineScriptPath(mac.value);
      entry.config = MachineConfigPath(mac.value);
      entry.source = node->origin.file + ':' + std::to_string(node->origin.mark.line);
      header.boot.push_back(std::move(entry));
    }
  }
  std::sort(header.boot.begin(), header.boot.end(),
            [](const BootEntry& a, const BootEntry& b) { return a.mac < b.mac; });
  return header;
}

RenderedItem& Add(std::vector<RenderedItem>& items, std::string path, FileKind kind) {
  RenderedItem& item = items.emplace_back();
  item.path = std::move(path);
  item.kind = kind;
  return item;
}

/// Lists the files of a gathered pass, in any order.
void ListFiles(RenderPass& pass, std::vector<RenderedItem>& items) {
  Fingerprint entry;
  entry.Add(*pass.fleet.site);
  entry.Add(pass.templates.content_id);
  Add(items, std::string(kEntryScriptPath), FileKind::kEntryScript);
  pass.planned.push_back({0, 0, entry.Finish()});
  for (const auto& [path, digest] : pass.assets) {
    RenderedItem& asset = Add(items, path, FileKind::kAsset);
    asset.from = RenderedItem::From::kAsset;
    asset.digest = digest;
    pass.planned.push_back({});
  }
  for (uint32_t n = 0; n < pass.nodes.size(); ++n) {
    const Node& node = *pass.nodes[n].node;
    Fingerprint script;
    script.Add(pass.nodes[n].group->script_inputs);
    script.Add(node);
    const Sha256 script_inputs = script.Finish();
    Fingerprint config;
    config.Add(pass.nodes[n].group->config_inputs);
    config.Add(node);
    for (const ResolvedPatch& patch : pass.node_patches[n]) config.Add(patch.content_id());
    const Sha256 config_inputs = config.Finish();
    for (uint32_t m = 0; m < node.macs.size(); ++m) {
      Add(items, MachineScriptPath(node.macs[m].value), FileKind::kMachineScript);
      pass.planned.push_back({n, m, script_inputs});
      Add(items, MachineConfigPath(node.macs[m].value), FileKind::kMachineConfig);
      pass.planned.push_back({n, m, config_inputs});
    }
  }
}

/// Sorts items by path and `planned` along with them.
void SortByPath(std::vector<RenderedItem>& items, std::vector<PlannedFile>& planned) {
  std::vector<uint32_t> order(items.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return items[a].path < items[b].path; });
  std::vector<RenderedItem> sorted_items;
  std::vector<PlannedFile> sorted_planned;
  sorted_items.reserve(items.size());
  sorted_planned.reserve(items.size());
  for (const uint32_t index : order) {
    sorted_items.push_back(std::move(items[index]));
    sorted_planned.push_back(planned[index]);
  }
  items = std::move(sorted_items);
  planned = std::move(sorted_planned);
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

tl::expected<std::string, Diagnostic> RenderChecked(const RenderPass& pass,
                                                    std::span<const RenderedItem> items, size_t index) {
  auto bytes = pass.RenderFile(items[index], pass.planned[index]);
  if (!bytes || items[index].kind == FileKind::kMachineConfig) return bytes;
  if (auto problem = CheckAdvertised(*bytes, pass, items, items[index])) return tl::make_unexpected(*problem);
  return bytes;
}

}  // namespace

Result<Renderer::Outcome> Renderer::MakePlan(const Fleet& fleet, const SourceTree& source) {
  auto pass = std::make_shared<RenderPass>(fleet, source, files_);
  auto gathered = pass->Gather();
  files_.EndPass();
  if (!gathered) return tl::make_unexpected(gathered.error());
  Outcome outcome;
  outcome.diagnostics = std::move(*gathered);
  if (HasErrors(outcome.diagnostics)) return outcome;

  Plan plan;
  plan.tree.header = HeaderOf(fleet);
  ListFiles(*pass, plan.tree.items);
  SortByPath(plan.tree.items, pass->planned);
  for (size_t i = 0; i < plan.tree.items.size(); ++i) {
    const auto known = known_.find(plan.tree.items[i].path);
    if (known != known_.end() && known->second.inputs == pass->planned[i].inputs) {
      plan.tree.items[i].from = RenderedItem::From::kKnown;
      plan.tree.items[i].digest = known->second.digest;
      plan.tree.items[i].size = known->second.size;
    }
  }
  // The items stay where they are when the plan is moved; it cannot be copied.
  plan.tree.produce =
      [pass, items = std::span<const RenderedItem>(plan.tree.items)](size_t index) -> Result<std::string> {
    auto bytes = RenderChecked(*pass, items, index);
    if (!bytes) return FixInput(FormatText(bytes.error()));
    return std::move(*bytes);
  };
  plan.pass = std::move(pass);
  outcome.plan = std::move(plan);
  return outcome;
}

Diagnostics Renderer::Check(const Plan& plan) {
  Diagnostics diagnostics;
  const auto& items = plan.tree.items;
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i].from != RenderedItem::From::kProduce) continue;
    if (auto bytes = RenderChecked(*plan.pass, items, i); !bytes) diagnostics.push_back(bytes.error());
  }
  SortDiagnostics(diagnostics);
  return diagnostics;
}

void Renderer::Remember(const Plan& plan, const Manifest& published) {
  std::map<std::string, Known, std::less<>> known;
  for (size_t i = 0; i < plan.tree.items.size(); ++i) {
    const RenderedItem& item = plan.tree.items[i];
    const bool asset = item.from == RenderedItem::From::kAsset;
    const FileEntry* file = asset ? nullptr : published.FindFile(item.path);
    if (file == nullptr) continue;
    known.emplace_hint(known.end(), item.path, Known{plan.pass->planned[i].inputs, file->digest, file->size});
  }
  known_ = std::move(known);
}

}  // namespace slipway
