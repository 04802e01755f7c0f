#include "schema/contract/guards_text.h"

#include <nlohmann/json.hpp>

namespace slipway {
namespace {

using nlohmann::json;

void Put(json& j, const char* key, const std::optional<uint32_t>& limit) {
  if (limit) j[key] = *limit;
}

std::optional<uint32_t> Take(const json& j, const char* key) {
  if (!j.contains(key)) return std::nullopt;
  return j.at(key).get<uint32_t>();
}

json ToJson(const MaintenanceWindow& window) {
  json kinds = json::array();
  for (const Effect kind : window.kinds) kinds.push_back(ToString(kind));
  return {{"kinds", std::move(kinds)},
          {"days", window.days},
          {"start", window.start_minutes},
          {"duration", window.duration_seconds},
          {"timeZone", window.time_zone}};
}

MaintenanceWindow WindowFrom(const json& j) {
  MaintenanceWindow window;
  for (const json& kind : j.at("kinds")) {
    if (const auto effect = ParseEffect(kind.get<std::string>())) window.kinds.push_back(*effect);
  }
  window.days = j.at("days").get<uint8_t>();
  window.start_minutes = j.at("start").get<uint32_t>();
  window.duration_seconds = j.at("duration").get<uint32_t>();
  window.time_zone = j.at("timeZone").get<std::string>();
  return window;
}

}  // namespace

std::string EncodeGuards(const Guards& guards) {
  Guards lasting = guards;
  lasting.acknowledge.clear();
  if (lasting == Guards{}) return {};
  json j = json::object();
  Put(j, "maxWithdrawn", guards.max_withdrawn);
  Put(j, "maxWithdrawnPercent", guards.max_withdrawn_percent);
  Put(j, "maxControlPlanes", guards.max_control_planes);
  json windows = json::array();
  for (const MaintenanceWindow& window : guards.windows) windows.push_back(ToJson(window));
  if (!windows.empty()) j["windows"] = std::move(windows);
  return j.dump(-1, ' ', true, json::error_handler_t::replace);
}

std::optional<Guards> DecodeGuards(std::string_view text) {
  Guards guards;
  if (text.empty()) return guards;
  try {
    const json j = json::parse(text);
    guards.max_withdrawn = Take(j, "maxWithdrawn");
    guards.max_withdrawn_percent = Take(j, "maxWithdrawnPercent");
    guards.max_control_planes = Take(j, "maxControlPlanes");
    for (const json& window : j.value("windows", json::array())) guards.windows.push_back(WindowFrom(window));
    return guards;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace slipway
