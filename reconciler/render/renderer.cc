#include "reconciler/render/renderer.h"

#include <algorithm>
#include <span>

#include "reconciler/render/boot_table.h"
#include "reconciler/render/file_list.h"
#include "reconciler/render/fingerprint.h"
#include "reconciler/render/render_ahead.h"
#include "reconciler/render/render_pass.h"
#include "schema/fleet/codes.h"

namespace slipway {
namespace {

Manifest HeaderOf(const RenderPass& pass, const std::vector<Machine>& machines) {
  Manifest header = SiteHeader(pass.fleet);
  header.boot.reserve(machines.size());
  for (const Machine& machine : machines) {
    header.boot.push_back(BootEntryOf(*pass.nodes[machine.node].node, machine.mac, *pass.fleet.site));
  }
  for (const auto& [cluster, os_ca] : pass.os_cas) header.clusters.push_back({cluster, os_ca});
  return header;
}

/// The template that a script is made from, as a repository would override it.
std::string TemplateOf(const RenderedItem& item, Loader loader) {
  if (item.kind == FileKind::kEntryScript) return "templates/boot.ipxe.mustache";
  const char* stem = item.kind == FileKind::kLocalBoot ? "templates/local" : "templates/node";
  return stem + std::string(SuffixOf(loader)) + ".mustache";
}

/// Whatever a script tells a machine to fetch must be in the same generation.
std::optional<Diagnostic> CheckAdvertised(const std::string& script, const RenderPass& pass,
                                          std::span<const RenderedItem> items, const RenderedItem& item,
                                          Loader loader) {
  for (const std::string& path : AdvertisedPaths(script, pass.fleet.site->boot_server.ToString())) {
    const auto found =
        std::lower_bound(items.begin(), items.end(), path,
                         [](const RenderedItem& a, const std::string& key) { return a.path < key; });
    if (found != items.end() && found->path == path) continue;
    return Diagnostic{TemplateOf(item, loader),
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
  if (auto problem = CheckAdvertised(text->bytes, pass, items, items[index], pass.planned[index].loader)) {
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
  auto pass = std::make_shared<RenderPass>(fleet, source, files_, patches_, bases_, schemas_);
  auto gathered = pass->Gather();
  files_.EndPass();
  patches_.EndPass();
  bases_.EndPass();
  schemas_.EndPass();
  if (!gathered) return tl::make_unexpected(gathered.error());
  Outcome outcome;
  outcome.diagnostics = std::move(*gathered);
  if (HasErrors(outcome.diagnostics)) return outcome;

  Plan plan;
  const std::vector<Machine> machines = MachinesByMac(*pass);
  plan.tree.header = HeaderOf(*pass, machines);
  plan.tree.items = ListFiles(*pass, machines, fingerprints_);
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

tl::expected<Sha256, Diagnostics> Renderer::DigestOf(const Plan& plan, const std::string& path) {
  const auto& items = plan.tree.items;
  const auto found = std::lower_bound(items.begin(), items.end(), path,
                                      [](const RenderedItem& a, const std::string& b) { return a.path < b; });
  if (found == items.end() || found->path != path) return tl::make_unexpected(Diagnostics{});
  if (found->from != RenderedItem::From::kProduce) return found->digest;
  const auto text = RenderChecked(*plan.pass, items, static_cast<size_t>(found - items.begin()));
  if (!text) return tl::make_unexpected(text.error());
  return Sha256::Of(text->bytes);
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
