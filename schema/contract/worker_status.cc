#include "schema/contract/worker_status.h"

#include <nlohmann/json.hpp>

namespace slipway {
namespace {

using nlohmann::json;

json ToJson(const Diagnostic& d) {
  return {{"file", d.file},
          {"line", d.mark.line},
          {"column", d.mark.column},
          {"code", CodeName(d.code)},
          {"severity", d.severity == Severity::kError ? "error" : "warning"},
          {"message", d.message},
          {"fix", d.fix}};
}

Diagnostic DiagnosticFrom(const json& j) {
  Diagnostic d;
  d.file = j.value("file", "");
  d.mark.line = j.value("line", 0U);
  d.mark.column = j.value("column", 0U);
  const std::string code = j.value("code", "SW0");
  d.code = std::atoi(code.c_str() + std::min<size_t>(2, code.size()));
  d.severity = j.value("severity", "error") == "warning" ? Severity::kWarning : Severity::kError;
  d.message = j.value("message", "");
  d.fix = j.value("fix", "");
  return d;
}

json ToJson(const Condition& c) {
  return {{"type", c.type},
          {"status", c.status},
          {"reason", c.reason},
          {"message", c.message},
          {"lastTransitionTime", c.last_transition},
          {"observedRevision", c.observed_revision}};
}

Condition ConditionFrom(const json& j) {
  return {j.value("type", ""),
          j.value("status", ""),
          j.value("reason", ""),
          j.value("message", ""),
          j.value("lastTransitionTime", int64_t{0}),
          j.value("observedRevision", "")};
}

json ToJson(const AssetProgress& a) {
  return {{"name", a.name}, {"url", a.url}, {"done", a.done}, {"total", a.total}, {"error", a.error}};
}

AssetProgress AssetFrom(const json& j) {
  return {j.value("name", ""), j.value("url", ""), j.value("done", uint64_t{0}),
          j.value("total", uint64_t{0}), j.value("error", "")};
}

json ToJson(const HeldRevision& h) {
  return {{"revision", h.revision},
          {"reasons", h.reasons},
          {"changes", h.changes},
          {"acknowledge", h.acknowledge},
          {"opensAt", h.opens_at}};
}

HeldRevision HeldFrom(const json& j) {
  return {j.value("revision", ""), j.value("reasons", std::vector<std::string>()),
          j.value("changes", std::vector<std::string>()), j.value("acknowledge", ""),
          j.value("opensAt", int64_t{0})};
}

template <class T>
json ListToJson(const std::vector<T>& list) {
  json out = json::array();
  for (const T& item : list) out.push_back(ToJson(item));
  return out;
}

}  // namespace

std::string EncodeWorkerStatus(const WorkerStatus& s) {
  const json j = {{"writtenAt", s.written_at},
                  {"sourceUrl", s.source_url},
                  {"observedRevision", s.observed_revision},
                  {"lastAttemptedRevision", s.last_attempted_revision},
                  {"lastAppliedRevision", s.last_applied_revision},
                  {"lastHandledReconcileAt", s.last_handled_reconcile_at},
                  {"lastFetchAt", s.last_fetch_at},
                  {"nextFetchAt", s.next_fetch_at},
                  {"pinnedRevision", s.pinned_revision},
                  {"pinnedWhy", s.pinned_why},
                  {"held", ToJson(s.held)},
                  {"diagnostics", ListToJson(s.diagnostics)},
                  {"diagnosticsTotal", s.diagnostics_total},
                  {"conditions", ListToJson(s.conditions)},
                  {"assets", ListToJson(s.assets)},
                  {"nodesTotal", s.nodes_total},
                  {"filesTotal", s.files_total},
                  {"filesRendered", s.files_rendered}};
  return j.dump(1, ' ', false, json::error_handler_t::replace) + '\n';
}

Result<WorkerStatus> DecodeWorkerStatus(std::string_view text) {
  try {
    const json j = json::parse(text);
    WorkerStatus s;
    s.written_at = j.value("writtenAt", int64_t{0});
    s.source_url = j.value("sourceUrl", "");
    s.observed_revision = j.value("observedRevision", "");
    s.last_attempted_revision = j.value("lastAttemptedRevision", "");
    s.last_applied_revision = j.value("lastAppliedRevision", "");
    s.last_handled_reconcile_at = j.value("lastHandledReconcileAt", "");
    s.last_fetch_at = j.value("lastFetchAt", int64_t{0});
    s.next_fetch_at = j.value("nextFetchAt", int64_t{0});
    s.pinned_revision = j.value("pinnedRevision", "");
    s.pinned_why = j.value("pinnedWhy", "");
    s.held = HeldFrom(j.value("held", json::object()));
    for (const json& d : j.value("diagnostics", json::array())) s.diagnostics.push_back(DiagnosticFrom(d));
    s.diagnostics_total = j.value("diagnosticsTotal", uint64_t{0});
    for (const json& c : j.value("conditions", json::array())) s.conditions.push_back(ConditionFrom(c));
    for (const json& a : j.value("assets", json::array())) s.assets.push_back(AssetFrom(a));
    s.nodes_total = j.value("nodesTotal", uint64_t{0});
    s.files_total = j.value("filesTotal", uint64_t{0});
    s.files_rendered = j.value("filesRendered", uint64_t{0});
    return s;
  } catch (const std::exception& error) {
    return FixInput(std::string("reading the worker's status: ") + error.what());
  }
}

}  // namespace slipway
