#include "reconciler/plan/format.h"
#include "reconciler/plan/markdown.h"

namespace slipway::plan {
namespace {

std::string Sign(Effect effect) {
  switch (effect) {
    case Effect::kWipe:
    case Effect::kControlPlaneRemoved:
    case Effect::kReinstall:
      return "🔴";
    case Effect::kWithdrawn:
    case Effect::kRoleChanged:
    case Effect::kAddressMoves:
    case Effect::kMacsChanged:
    case Effect::kTalosVersion:
      return "🟡";
    case Effect::kApproved:
      return "🟢";
    default:
      return "⚪";
  }
}

std::string Value(const std::string& value) { return value.empty() ? "" : Code(value); }

std::string FieldRows(const std::vector<FieldChange>& fields) {
  if (fields.empty()) return {};
  std::string out = "\n| field | before | after | by |\n|---|---|---|---|\n";
  for (const FieldChange& field : fields) {
    const std::string place = field.file + (field.line > 0 ? ":" + std::to_string(field.line) : "");
    out += "| " + Code(field.path) + " | " + Value(field.before) + " | " + Value(field.after) + " | " +
           Value(place) + " |\n";
  }
  return out;
}

std::string Section(const Group& group, const std::string& render) {
  std::string out = "#### " + Sign(group.change.worst()) + " " + Plain(NodesText(group)) + "\n\n";
  for (const EffectLine& effect : group.change.effects)
    out += "- " + Sign(effect.effect) + " " + Plain(effect.text) + "\n";
  out += FieldRows(group.change.fields);
  const std::string apply = ApplyText(group, render);
  if (!apply.empty()) out += "\nWhile it runs: " + Code(apply) + "\n";
  return out + "\n";
}

/// The section in one line, for where there is no room.
std::string Short(const Group& group) {
  return "- " + Sign(group.change.worst()) + " " + Plain(NodesText(group)) + ": " +
         Plain(group.change.effects.front().text) + "\n";
}

std::string BrakesSection(const Brakes& brakes) {
  std::string out;
  for (const std::string& limit : brakes.limits)
    out += (brakes.acknowledged ? "- 🟡 acknowledged: " : "- 🔴 **would be held**: ") + Plain(limit) + "\n";
  for (const std::string& window : brakes.windows) out += "- 🟡 would wait: " + Plain(window) + "\n";
  if (const std::string text = AcknowledgeText(brakes); !text.empty())
    out += "\nIf that is meant, acknowledge it in this pull request, in " + Code(brakes.file) +
           ":\n\n```yaml\n" + text + "```\n";
  return out.empty() ? out : out + "\n";
}

}  // namespace

std::string FormatMarkdown(const Plan& plan, size_t limit) {
  const std::string end = "\n" + Plain(CountsText(plan)) + ".\n";
  std::string out = std::string(kCommentMarker) + "\n### Slipway: what a merge would do\n\n";
  if (plan.empty()) return out + "No machine is affected.\n" + end;
  for (const QuorumChange& change : plan.quorums)
    out += "- " + std::string(change.Breaks() ? "🔴 " : "🟡 ") + Plain(QuorumText(change)) + "\n";
  if (!plan.quorums.empty()) out += "\n";
  out += BrakesSection(plan.brakes);
  constexpr size_t kNote = 200;
  size_t left_out = 0;
  bool brief = false;
  for (const Group& group : plan.groups) {
    std::string section = brief ? Short(group) : Section(group, plan.render);
    const auto fits = [&] { return out.size() + section.size() + end.size() + kNote <= limit; };
    if (!fits() && !brief) {
      brief = true;
      section = Short(group);
    }
    if (left_out > 0 || !fits()) {
      ++left_out;
    } else {
      out += section;
    }
  }
  const std::string site = plan.site.empty() ? "" : "#### The site\n" + FieldRows(plan.site);
  if (out.size() + site.size() + end.size() + kNote <= limit) out += site;
  if (left_out > 0)
    out += "\n" + std::to_string(left_out) +
           " more groups of less dangerous changes do not fit; `slipway plan` shows all.\n";
  return out + end;
}

}  // namespace slipway::plan
