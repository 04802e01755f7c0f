#include <charconv>
#include <nlohmann/json.hpp>

#include "reconciler/plan/format.h"

namespace slipway::plan {
namespace {

using nlohmann::json;

const char* LevelOf(Effect effect) {
  switch (effect) {
    case Effect::kWipe:
    case Effect::kControlPlaneRemoved:
    case Effect::kReinstall:
      return "warning";
    default:
      return "note";
  }
}

json Place(const std::string& file, int line) {
  json physical = {{"artifactLocation", {{"uri", file}}}};
  if (line > 0) physical["region"] = {{"startLine", line}};
  return json::array({{{"physicalLocation", std::move(physical)}}});
}

/// "nodes/worker-02.yaml:1".
json PlaceOfSource(const std::string& source) {
  const size_t colon = source.rfind(':');
  if (colon == std::string::npos) return Place(source, 0);
  int line = 0;
  std::from_chars(source.data() + colon + 1, source.data() + source.size(), line);
  return Place(source.substr(0, colon), line);
}

}  // namespace

std::string FormatSarif(const Plan& plan) {
  json results = json::array();
  for (const Group& group : plan.groups) {
    for (const EffectLine& effect : group.change.effects) {
      results.push_back({{"ruleId", ToString(effect.effect)},
                         {"level", LevelOf(effect.effect)},
                         {"message", {{"text", NodesText(group) + " " + effect.text}}},
                         {"locations", PlaceOfSource(group.change.source)}});
    }
  }
  for (const QuorumChange& change : plan.quorums) {
    results.push_back({{"ruleId", "quorum"},
                       {"level", change.Breaks() ? "error" : "note"},
                       {"message", {{"text", QuorumText(change)}}}});
  }
  for (const std::string& limit : plan.brakes.limits) {
    results.push_back({{"ruleId", "held"},
                       {"level", plan.brakes.acknowledged ? "note" : "error"},
                       {"message", {{"text", limit + (plan.brakes.acknowledged ? " (acknowledged)" : "")}}},
                       {"locations", Place(plan.brakes.file, 0)}});
  }
  const json out = {
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", json::array({{{"tool", {{"driver", {{"name", "slipway plan"}, {"version", SLIPWAY_VERSION}}}}},
                             {"results", std::move(results)}}})}};
  return out.dump(1, ' ', false, json::error_handler_t::replace) + '\n';
}

}  // namespace slipway::plan
