#include "reconciler/guard/guard.h"

#include <algorithm>
#include <map>
#include <set>

#include "schema/contract/sha256.h"
#include "schema/fleet/windows.h"

namespace slipway::guard {
namespace {

constexpr size_t kShownNodes = 10;

using Names = std::vector<std::string>;

std::string NamesText(const Names& names) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kShownNodes); ++i) text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > kShownNodes ? text + ", …" : text;
}

std::optional<uint32_t> Stricter(const std::optional<uint32_t>& a, const std::optional<uint32_t>& b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

std::string Machines(size_t count) { return std::to_string(count) + (count == 1 ? " machine" : " machines"); }

void JudgeWithdrawals(const Guards& limits, const ChangeSet& set, Names& reasons) {
  Names names;
  for (const Change& change : set.changes) {
    if (change.Has(Effect::kWithdrawn)) names.push_back(change.node);
  }
  if (names.empty()) return;
  const std::string what =
      "it withdraws " + std::to_string(names.size()) + " of " + Machines(set.machines_before);
  const std::string who = ": " + NamesText(names);
  if (set.machines_after == 0) {
    reasons.push_back("it empties the repository: " + what + ", and approves none" + who);
    return;
  }
  if (limits.max_withdrawn && names.size() > *limits.max_withdrawn)
    reasons.push_back(what + " (maxWithdrawn: " + std::to_string(*limits.max_withdrawn) + ")" + who);
  const auto percent = limits.max_withdrawn_percent;
  if (percent && names.size() * 100 > set.machines_before * *percent)
    reasons.push_back(what + " (maxWithdrawnPercent: " + std::to_string(*percent) + ")" + who);
}

void JudgeControlPlanes(const Guards& limits, const ChangeSet& set, Names& reasons) {
  if (!limits.max_control_planes) return;
  std::map<std::string, Names> touched;
  for (const Change& change : set.changes) {
    if (change.control_plane) touched[change.cluster].push_back(change.node);
  }
  for (const auto& [cluster, names] : touched) {
    if (names.size() <= *limits.max_control_planes) continue;
    reasons.push_back("it touches " + std::to_string(names.size()) + " control planes of cluster " + cluster +
                      " (maxControlPlanes: " + std::to_string(*limits.max_control_planes) +
                      "): " + NamesText(names));
  }
}

std::map<Effect, Names> NodesByEffect(const ChangeSet& set) {
  std::map<Effect, Names> nodes;
  for (const Change& change : set.changes) {
    for (const Effect effect : change.effects) nodes[effect].push_back(change.node);
  }
  return nodes;
}

/// The windows that name the kind; "" for none.
std::string WindowsText(const std::vector<MaintenanceWindow>& windows, Effect effect) {
  std::string text;
  for (const MaintenanceWindow& window : windows) {
    if (std::find(window.kinds.begin(), window.kinds.end(), effect) == window.kinds.end()) continue;
    text += (text.empty() ? "" : "; ") + ToString(window);
  }
  return text;
}

void JudgeWindows(const std::vector<MaintenanceWindow>& windows, const ChangeSet& set, int64_t now,
                  std::set<Effect>& told, Verdict& verdict) {
  for (const auto& [effect, names] : NodesByEffect(set)) {
    if (MayServe(windows, effect, now)) continue;
    const auto opens = NextOpening(windows, effect, now);
    if (opens && (!verdict.opens_at || *opens > *verdict.opens_at)) verdict.opens_at = opens;
    if (!told.insert(effect).second) continue;
    verdict.windows.push_back(std::string(ToString(effect)) + " waits for its window (" +
                              WindowsText(windows, effect) + "): " + NamesText(names));
  }
}

bool NamesFiles(const std::vector<MaintenanceWindow>& windows) {
  return std::any_of(windows.begin(), windows.end(), [](const MaintenanceWindow& window) {
    return std::any_of(window.kinds.begin(), window.kinds.end(),
                       [](Effect kind) { return kind >= Effect::kNextBoot || kind == Effect::kWipe; });
  });
}

}  // namespace

Verdict Judge(const Guards& served, const Guards& proposed, const ChangeSet& set, Scope scope, int64_t now) {
  Verdict verdict;
  Guards limits;
  limits.max_withdrawn = Stricter(served.max_withdrawn, proposed.max_withdrawn);
  limits.max_withdrawn_percent = Stricter(served.max_withdrawn_percent, proposed.max_withdrawn_percent);
  limits.max_control_planes = Stricter(served.max_control_planes, proposed.max_control_planes);
  JudgeWithdrawals(limits, set, verdict.limits);
  if (scope == Scope::kAll) JudgeControlPlanes(limits, set, verdict.limits);
  if (!verdict.limits.empty()) {
    verdict.digest = DigestOf(set);
    verdict.acknowledged = proposed.acknowledge == verdict.digest;
    if (verdict.acknowledged) verdict.limits.clear();
  }
  if (scope == Scope::kWithdrawals) return verdict;
  std::set<Effect> told;
  JudgeWindows(served.windows, set, now, told, verdict);
  JudgeWindows(proposed.windows, set, now, told, verdict);
  return verdict;
}

std::vector<std::string> WindowsOf(const Guards& served, const Guards& proposed, const ChangeSet& set) {
  std::vector<std::string> sentences;
  for (const auto& [effect, names] : NodesByEffect(set)) {
    for (const Guards* guards : {&served, &proposed}) {
      const std::string windows = WindowsText(guards->windows, effect);
      const std::string sentence =
          std::string(ToString(effect)) + " is served only within " + windows + ": " + NamesText(names);
      if (!windows.empty() && (sentences.empty() || sentences.back() != sentence))
        sentences.push_back(sentence);
    }
  }
  return sentences;
}

Needs NeedsOf(const Guards& served, const Guards& proposed) {
  Needs needs;
  needs.control_planes = served.max_control_planes || proposed.max_control_planes;
  needs.everybody = NamesFiles(served.windows) || NamesFiles(proposed.windows);
  return needs;
}

std::string DigestOf(const ChangeSet& set) {
  std::string text = "slipway.acknowledge/v1\n";
  for (const Change& change : set.changes) {
    if (!change.control_plane && !change.Has(Effect::kWithdrawn)) continue;
    text += change.cluster + '/' + change.node + '\n';
    for (const std::string& fact : change.facts) text += "  " + fact + '\n';
  }
  return "sha256:" + Sha256::Of(text).ToHex();
}

std::string ToString(const Change& change) {
  std::string text = change.node + ':';
  for (size_t i = 0; i < change.effects.size(); ++i)
    text += (i == 0 ? " " : ", ") + std::string(slipway::ToString(change.effects[i]));
  return text;
}

}  // namespace slipway::guard
