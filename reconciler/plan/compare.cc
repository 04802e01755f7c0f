#include "reconciler/plan/compare.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <unordered_map>

#include "reconciler/plan/brakes.h"
#include "reconciler/plan/machine.h"
#include "schema/fleet/node_addresses.h"

namespace slipway::plan {
namespace {

using Nodes = std::map<std::string_view, NodeView>;

Nodes NodesOf(const Side& side) {
  const RenderPass& pass = *side.plan.pass;
  std::vector<NodeView> views(pass.nodes.size());
  for (size_t i = 0; i < views.size(); ++i) {
    views[i].node = pass.nodes[i].node;
    views[i].index = i;
    views[i].version = pass.nodes[i].group->version;
    views[i].entry = side.plan.tree.header.FindMac(views[i].node->macs.front().value);
  }
  for (size_t i = 0; i < side.plan.tree.items.size(); ++i) {
    const FileKind kind = side.plan.tree.items[i].kind;
    const PlannedFile& planned = pass.planned[i];
    if (kind == FileKind::kMachineScript) views[planned.node].script_inputs = planned.inputs;
    if (kind == FileKind::kMachineConfig) views[planned.node].config_inputs = planned.inputs;
  }
  Nodes nodes;
  for (NodeView& view : views) nodes.emplace(view.node->name, view);
  return nodes;
}

/// The boot table's row without where it was written.
BootEntry WithoutSource(BootEntry entry) {
  entry.source.clear();
  return entry;
}

class Comparer {
 public:
  Comparer(const Side& base, const Side& head, const std::string& digest_key)
      : base_(base),
        head_(head),
        before_(NodesOf(base)),
        after_(NodesOf(head)),
        masking_{[&base, &head](std::string text) {
                   return head.plan.pass->Mask(base.plan.pass->Mask(std::move(text)));
                 },
                 digest_key} {}

  tl::expected<Plan, Diagnostics> Run(size_t left_out) {
    Plan plan;
    plan.unchanged = static_cast<int>(left_out);
    plan.base = base_.name;
    plan.head = head_.name;
    plan.render = "--revision " + head_.name;
    for (const auto& [name, view] : after_) {
      const auto was = before_.find(name);
      if (was == before_.end()) {
        ++plan.approved;
        CheckConfig(view);
        Add(plan, Machine(view, EffectsOfApproval(view)));
      } else if (auto change = Changed(was->second, view)) {
        ++plan.changed;
        Add(plan, std::move(*change));
      } else {
        ++plan.unchanged;
      }
    }
    for (const auto& [name, view] : before_) {
      if (after_.contains(name)) continue;
      ++plan.withdrawn;
      Add(plan, Machine(view, EffectsOfWithdrawal(view)));
    }
    if (!problems_.empty()) return tl::make_unexpected(std::move(problems_));
    plan.site = CompareSites();
    plan.quorums = Quorums();
    auto brakes = BrakesOf(base_, head_, left_out);
    if (!brakes) return tl::make_unexpected(std::move(brakes.error()));
    plan.brakes = *std::move(brakes);
    std::stable_sort(plan.groups.begin(), plan.groups.end(),
                     [](const Group& a, const Group& b) { return a.change.worst() < b.change.worst(); });
    return plan;
  }

 private:
  static MachineChange Machine(const NodeView& view, std::vector<EffectLine> effects) {
    MachineChange change;
    change.node = view.node->name;
    change.cluster = view.node->cluster.value;
    change.source = view.entry->source;
    change.config_path = view.entry->config;
    const auto addresses = Ipv4AddressesOf(*view.node);
    if (!addresses.empty()) change.address = addresses.front().value.address.ToString();
    change.effects = std::move(effects);
    return change;
  }

  std::optional<MachineChange> Changed(const NodeView& was, const NodeView& now) {
    const bool same_row = WithoutSource(*was.entry) == WithoutSource(*now.entry);
    const bool same_script = was.script_inputs == now.script_inputs;
    const bool same_config = was.config_inputs == now.config_inputs;
    if (same_row && same_script && same_config) return std::nullopt;
    MachineChange change = Machine(now, EffectsOfChange(was, now));
    if (!same_script) AddScript(was, now, change);
    if (!same_config) AddConfig(was, now, change);
    if (change.effects.empty()) return std::nullopt;
    // The machine that runs has the address that it was given.
    const auto addresses = Ipv4AddressesOf(*was.node);
    if (!addresses.empty()) change.address = addresses.front().value.address.ToString();
    std::stable_sort(change.effects.begin(), change.effects.end(),
                     [](const EffectLine& a, const EffectLine& b) { return a.effect < b.effect; });
    return change;
  }

  void AddConfig(const NodeView& was, const NodeView& now, MachineChange& change) {
    CheckConfig(now);
    const auto before = Fields(base_, was);
    const auto after = Fields(head_, now);
    auto fields = Compare(before, after);
    if (fields.empty()) return;
    for (FieldChange& field : fields) {
      if (field.file.empty()) field.file = now.node->origin.file;
    }
    change.config_changed = true;
    change.effects.push_back(
        {Effect::kAtReinstall,
         "config changes in " + std::to_string(fields.size()) + (fields.size() == 1 ? " field" : " fields") +
             ": an installed machine keeps the one it has until it is applied or reinstalled"});
    change.fields.insert(change.fields.end(), std::make_move_iterator(fields.begin()),
                         std::make_move_iterator(fields.end()));
  }

  /// What the publisher would refuse is a problem here too.
  void CheckConfig(const NodeView& view) {
    const auto& items = head_.plan.tree.items;
    const auto found =
        std::lower_bound(items.begin(), items.end(), view.entry->config,
                         [](const RenderedItem& a, const std::string& b) { return a.path < b; });
    if (found == items.end()) return;
    const RenderPass& pass = *head_.plan.pass;
    const auto text = pass.RenderFile(*found, pass.planned[static_cast<size_t>(found - items.begin())]);
    if (!text) problems_.insert(problems_.end(), text.error().begin(), text.error().end());
  }

  std::vector<Field> Fields(const Side& side, const NodeView& view) {
    const auto documents = side.plan.pass->Compose(view.index);
    if (documents) return Flatten(*documents, side.plan.pass->patches.sources(), masking_);
    problems_.push_back(documents.error());
    return {};
  }

  void AddScript(const NodeView& was, const NodeView& now, MachineChange& change) {
    const auto before = Script(base_, was);
    const auto after = Script(head_, now);
    const std::set<std::string> old(before.begin(), before.end());
    const std::set<std::string> fresh(after.begin(), after.end());
    std::vector<FieldChange> lines;
    const std::string file = now.node->origin.file;
    const uint32_t line = now.node->origin.mark.line;
    for (const std::string& text : before)
      if (!fresh.contains(text)) lines.push_back({"script", text, "", file, line});
    size_t slot = 0;
    for (const std::string& text : after) {
      if (old.contains(text)) continue;
      if (slot < lines.size() && lines[slot].after.empty()) {
        lines[slot++].after = text;
      } else {
        lines.push_back({"script", "", text, file, line});
      }
    }
    if (lines.empty()) return;
    change.effects.push_back(
        {Effect::kNextBoot, "boot script changes: counts from its next network boot on"});
    change.fields.insert(change.fields.end(), lines.begin(), lines.end());
  }

  std::vector<std::string> Script(const Side& side, const NodeView& view) {
    const RenderPass& pass = *side.plan.pass;
    const auto& items = side.plan.tree.items;
    const auto found =
        std::lower_bound(items.begin(), items.end(), view.entry->script,
                         [](const RenderedItem& a, const std::string& b) { return a.path < b; });
    std::vector<std::string> lines;
    if (found == items.end()) return lines;
    const auto text = pass.RenderFile(*found, pass.planned[static_cast<size_t>(found - items.begin())]);
    if (!text) {
      problems_.insert(problems_.end(), text.error().begin(), text.error().end());
      return lines;
    }
    std::istringstream stream(text->bytes);
    for (std::string line; std::getline(stream, line);) lines.push_back(pass.Mask(line));
    return lines;
  }

  /// What holds for the whole site, as the manifest says it.
  std::vector<FieldChange> CompareSites() const {
    const auto rows = [](const Side& side) {
      const Manifest& m = side.plan.tree.header;
      const std::string file = side.fleet.site->origin.file;
      const uint32_t line = side.fleet.site->origin.mark.line;
      std::vector<Field> fields = {
          {"Site:bootServer", m.boot_server.ToString(), file, line},
          {"Site:unknownMachines", std::string(ToString(m.unknown_machines)), file, line},
          {"Site:configAccess", std::string(ToString(m.config_access)), file, line},
          {"Site:configWindow", std::to_string(m.config_window_seconds) + "s", file, line},
          {"Site:dns", m.dns.enabled ? "on, " + m.dns.domain : "off", file, line}};
      for (const Subnet& subnet : m.subnets) {
        std::string ranges;
        for (const AddressRange& range : subnet.ranges) ranges += " " + range.ToString();
        fields.push_back({"Site:subnets[" + subnet.cidr.ToString() + "]",
                          (subnet.gateway ? "gateway " + subnet.gateway->ToString() : "no gateway") +
                              (ranges.empty() ? "" : ", ranges" + ranges),
                          file, line});
      }
      return fields;
    };
    return Compare(rows(base_), rows(head_));
  }

  std::vector<QuorumChange> Quorums() const {
    std::map<std::string, QuorumChange> clusters;
    const auto is_member = [](const NodeView& view) { return view.node->role == Role::kControlPlane; };
    for (const auto& [name, view] : before_) {
      if (is_member(view)) ++clusters[view.node->cluster.value].members_before;
    }
    for (const auto& [name, view] : after_) {
      if (!is_member(view)) continue;
      QuorumChange& cluster = clusters[view.node->cluster.value];
      ++cluster.members_after;
      const auto was = before_.find(name);
      const auto& wipe = view.node->Details().wipe;
      if (wipe && was != before_.end() && !(was->second.node->Details().wipe == wipe)) ++cluster.wiped;
    }
    std::vector<QuorumChange> changes;
    for (auto& [name, change] : clusters) {
      change.cluster = name;
      if (change.members_before != change.members_after || change.wiped > 0) changes.push_back(change);
    }
    return changes;
  }

  /// Into the group of machines to which the same happens.
  void Add(Plan& plan, MachineChange change) {
    std::string key = change.cluster;
    const auto append = [&key](std::string_view text) { (key += '\0') += text; };
    for (const EffectLine& effect : change.effects) append(effect.text);
    for (const FieldChange& field : change.fields) {
      append(field.path);
      append(field.before);
      append(field.after);
    }
    const auto [slot, fresh] = group_of_.try_emplace(std::move(key), plan.groups.size());
    if (fresh) {
      plan.groups.push_back({{change.node}, std::move(change)});
    } else {
      plan.groups[slot->second].nodes.push_back(change.node);
    }
  }

  const Side& base_;
  const Side& head_;
  Nodes before_;
  Nodes after_;
  Masking masking_;
  Diagnostics problems_;
  std::unordered_map<std::string, size_t> group_of_;
};

}  // namespace

tl::expected<Plan, Diagnostics> ComparePlans(const Side& base, const Side& head,
                                             const std::string& digest_key, size_t left_out) {
  return Comparer(base, head, digest_key).Run(left_out);
}

}  // namespace slipway::plan
