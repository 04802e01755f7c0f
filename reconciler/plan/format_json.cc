#include <nlohmann/json.hpp>

#include "reconciler/plan/format.h"

namespace slipway::plan {
namespace {

using nlohmann::json;

json FieldsJson(const std::vector<FieldChange>& fields) {
  json list = json::array();
  for (const FieldChange& field : fields) {
    list.push_back({{"path", field.path},
                    {"before", field.before},
                    {"after", field.after},
                    {"file", field.file},
                    {"line", field.line}});
  }
  return list;
}

json GroupJson(const Group& group, const std::string& render) {
  json effects = json::array();
  for (const EffectLine& effect : group.change.effects)
    effects.push_back({{"effect", ToString(effect.effect)}, {"text", effect.text}});
  return {{"nodes", group.nodes},
          {"cluster", group.change.cluster},
          {"source", group.change.source},
          {"effects", std::move(effects)},
          {"fields", FieldsJson(group.change.fields)},
          {"apply", ApplyText(group, render)}};
}

}  // namespace

std::string FormatJson(const Plan& plan) {
  json groups = json::array();
  for (const Group& group : plan.groups) groups.push_back(GroupJson(group, plan.render));
  json quorums = json::array();
  for (const QuorumChange& change : plan.quorums) {
    quorums.push_back({{"cluster", change.cluster},
                       {"membersBefore", change.members_before},
                       {"membersAfter", change.members_after},
                       {"quorumBefore", change.quorum_before()},
                       {"quorumAfter", change.quorum_after()},
                       {"wiped", change.wiped},
                       {"breaks", change.Breaks()}});
  }
  const json out = {{"format", "slipway.plan/v1"},
                    {"base", plan.base},
                    {"head", plan.head},
                    {"approved", plan.approved},
                    {"withdrawn", plan.withdrawn},
                    {"changed", plan.changed},
                    {"unchanged", plan.unchanged},
                    {"groups", std::move(groups)},
                    {"quorums", std::move(quorums)},
                    {"site", FieldsJson(plan.site)},
                    {"brakes",
                     {{"limits", plan.brakes.limits},
                      {"windows", plan.brakes.windows},
                      {"acknowledge", plan.brakes.acknowledge},
                      {"acknowledged", plan.brakes.acknowledged}}}};
  return out.dump(1, ' ', false, json::error_handler_t::replace) + '\n';
}

}  // namespace slipway::plan
