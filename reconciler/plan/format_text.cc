#include <algorithm>

#include "reconciler/plan/format.h"

namespace slipway::plan {
namespace {

constexpr size_t kShownNodes = 6;

class Painter {
 public:
  explicit Painter(Colour colour) : on_(colour == Colour::kAnsi) {}
  std::string Red(const std::string& text) const { return Paint("31", text); }
  std::string Green(const std::string& text) const { return Paint("32", text); }
  std::string Yellow(const std::string& text) const { return Paint("33", text); }
  std::string Bold(const std::string& text) const { return Paint("1", text); }
  std::string Dim(const std::string& text) const { return Paint("2", text); }

 private:
  std::string Paint(const char* code, const std::string& text) const {
    return on_ ? "\x1b[" + std::string(code) + 'm' + text + "\x1b[0m" : text;
  }
  bool on_;
};

/// Cut to `width` columns, at a character's border.
std::string Fit(const std::string& text, size_t width) {
  if (width == 0 || text.size() <= width) return text;
  size_t end = width > 1 ? width - 1 : 0;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

std::string PaintEffect(const EffectLine& effect, const Painter& painter) {
  switch (effect.effect) {
    case Effect::kWipe:
    case Effect::kControlPlaneRemoved:
    case Effect::kReinstall:
      return painter.Red(effect.text);
    case Effect::kApproved:
      return painter.Green(effect.text);
    case Effect::kNextBoot:
    case Effect::kAtReinstall:
      return effect.text;
    default:
      return painter.Yellow(effect.text);
  }
}

std::string FieldText(const FieldChange& field) {
  if (field.before.empty()) return "+ " + field.path + ": " + field.after;
  if (field.after.empty()) return "- " + field.path + ": " + field.before;
  return "~ " + field.path + ": " + field.before + " → " + field.after;
}

std::string PlaceText(const FieldChange& field) {
  if (field.file.empty()) return {};
  return "  (" + field.file + (field.line > 0 ? ":" + std::to_string(field.line) : "") + ")";
}

}  // namespace

std::string NodesText(const Group& group) {
  if (group.nodes.size() == 1) return group.nodes.front();
  std::string names;
  for (size_t i = 0; i < std::min(group.nodes.size(), kShownNodes); ++i)
    names += (i == 0 ? "" : ", ") + group.nodes[i];
  if (group.nodes.size() > kShownNodes) names += ", …";
  return std::to_string(group.nodes.size()) + " machines (" + names + ")";
}

std::string CountsText(const Plan& plan) {
  return std::to_string(plan.approved) + " approved, " + std::to_string(plan.withdrawn) + " withdrawn, " +
         std::to_string(plan.changed) + " changed, " + std::to_string(plan.unchanged) + " unchanged";
}

std::string QuorumText(const QuorumChange& change) {
  std::string text = "cluster " + change.cluster + ": " + std::to_string(change.members_before) + " → " +
                     std::to_string(change.members_after) + " control planes, quorum " +
                     std::to_string(change.quorum_before()) + " → " + std::to_string(change.quorum_after());
  if (change.wiped > 0) text += ", " + std::to_string(change.wiped) + " to be wiped";
  if (change.Breaks()) text += ": too few would keep their data for etcd to go on";
  return text;
}

std::string AcknowledgeText(const Brakes& brakes) {
  if (brakes.limits.empty() || brakes.acknowledged) return {};
  return "spec:\n  guards:\n    acknowledge: " + brakes.acknowledge + "\n";
}

std::string ApplyText(const Group& group, const std::string& render) {
  const MachineChange& change = group.change;
  const bool new_or_gone = change.worst() == Effect::kApproved || change.worst() == Effect::kWithdrawn;
  if (!change.config_changed || new_or_gone) return {};
  const std::string address = change.address.empty() ? "ADDRESS" : change.address;
  return "slipway render " + render + " --to out && talosctl apply-config --nodes " + address +
         " --file out/" + change.config_path;
}

std::string FormatText(const Plan& plan, Colour colour, size_t width) {
  const Painter painter(colour);
  std::string out;
  const auto line = [&](const std::string& text) { out += Fit(text, width) + '\n'; };
  if (plan.empty()) {
    line("No machine is affected: " + CountsText(plan));
    return out;
  }
  for (const QuorumChange& change : plan.quorums) {
    const std::string text = Fit(QuorumText(change), width);
    out += (change.Breaks() ? painter.Red(text) : painter.Yellow(text)) + '\n';
  }
  for (const std::string& limit : plan.brakes.limits) {
    const std::string verb = plan.brakes.acknowledged ? "acknowledged: " : "would be held: ";
    line(plan.brakes.acknowledged ? verb + limit : painter.Red(verb + limit));
  }
  for (const std::string& window : plan.brakes.windows) line("would wait: " + window);
  if (const std::string text = AcknowledgeText(plan.brakes); !text.empty())
    out += "to acknowledge it, in " + plan.brakes.file + ":\n" + text;
  for (const Group& group : plan.groups) {
    out += painter.Bold(Fit(NodesText(group), width)) + painter.Dim("  " + group.change.source) + '\n';
    for (const EffectLine& effect : group.change.effects) {
      EffectLine fitted = effect;
      fitted.text = Fit("  " + effect.text, width);
      out += PaintEffect(fitted, painter) + '\n';
    }
    for (const FieldChange& field : group.change.fields)
      out += Fit("    " + FieldText(field), width) + painter.Dim(PlaceText(field)) + '\n';
    const std::string apply = ApplyText(group, plan.render);
    if (!apply.empty()) out += painter.Dim("    while it runs: " + apply) + '\n';
  }
  if (!plan.site.empty()) out += painter.Bold("the site") + '\n';
  for (const FieldChange& field : plan.site)
    out += Fit("    " + FieldText(field), width) + painter.Dim(PlaceText(field)) + '\n';
  line(CountsText(plan));
  return out;
}

}  // namespace slipway::plan
