#include "schema/contract/forge_status.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace slipway {
namespace {

using nlohmann::json;

constexpr std::array<ProposalState, 4> kStates = {ProposalState::kWaiting, ProposalState::kOpen,
                                                  ProposalState::kMerged, ProposalState::kDeclined};

json ToJson(const SentStatus& s) {
  return {{"commit", s.commit},
          {"state", s.state},
          {"description", s.description},
          {"at", s.at},
          {"overtaken", s.overtaken}};
}

json ToJson(const PullNote& p) {
  return {{"number", p.number}, {"title", p.title},     {"url", p.url},       {"head", p.head},
          {"base", p.base},     {"comment", p.comment}, {"digest", p.digest}, {"outcome", p.outcome}};
}

json ToJson(const Proposal& p) {
  return {{"facts", json::parse(EncodeFacts(p.facts))},
          {"name", p.name},
          {"address", p.address},
          {"path", p.path},
          {"text", p.text},
          {"title", p.title},
          {"body", p.body},
          {"branch", p.branch},
          {"state", ToString(p.state)},
          {"pull", p.pull},
          {"url", p.url},
          {"at", p.at},
          {"problem", p.problem}};
}

Proposal ProposalFrom(const json& j) {
  Proposal p;
  p.facts = DecodeFacts(j.at("facts").dump()).value_or(MachineFacts{});
  p.name = j.value("name", "");
  p.address = j.value("address", "");
  p.path = j.value("path", "");
  p.text = j.value("text", "");
  p.title = j.value("title", "");
  p.body = j.value("body", "");
  p.branch = j.value("branch", "");
  const std::string state = j.value("state", "");
  for (const ProposalState known : kStates) {
    if (ToString(known) == state) p.state = known;
  }
  p.pull = j.value("pull", int64_t{0});
  p.url = j.value("url", "");
  p.at = j.value("at", int64_t{0});
  p.problem = j.value("problem", "");
  return p;
}

template <class T>
json List(const std::vector<T>& items) {
  json out = json::array();
  for (const T& item : items) out.push_back(ToJson(item));
  return out;
}

}  // namespace

std::string_view ToString(ProposalState state) {
  switch (state) {
    case ProposalState::kWaiting:
      return "waiting";
    case ProposalState::kOpen:
      return "open";
    case ProposalState::kMerged:
      return "merged";
    case ProposalState::kDeclined:
      return "declined";
  }
  return "";
}

const Proposal* ForgeStatus::ProposalOf(const MachineFacts& facts) const {
  const auto found = std::find_if(proposals.begin(), proposals.end(),
                                  [&facts](const Proposal& p) { return SameMachine(p.facts, facts); });
  return found == proposals.end() ? nullptr : &*found;
}

std::string EncodeForgeStatus(const ForgeStatus& s) {
  const json j = {{"writtenAt", s.written_at},       {"kind", s.kind},
                  {"repository", s.repository},      {"problem", s.problem},
                  {"problemSince", s.problem_since}, {"notBefore", s.not_before},
                  {"requests", s.requests},          {"statuses", List(s.statuses)},
                  {"pulls", List(s.pulls)},          {"proposals", List(s.proposals)}};
  return j.dump(1, ' ', false, json::error_handler_t::replace) + '\n';
}

Result<ForgeStatus> DecodeForgeStatus(std::string_view text) {
  try {
    const json j = json::parse(text);
    ForgeStatus s;
    s.written_at = j.value("writtenAt", int64_t{0});
    s.kind = j.value("kind", "");
    s.repository = j.value("repository", "");
    s.problem = j.value("problem", "");
    s.problem_since = j.value("problemSince", int64_t{0});
    s.not_before = j.value("notBefore", int64_t{0});
    s.requests = j.value("requests", std::map<std::string, uint64_t>());
    for (const json& e : j.value("statuses", json::array())) {
      s.statuses.push_back({e.value("commit", ""), e.value("state", ""), e.value("description", ""),
                            e.value("at", int64_t{0}), e.value("overtaken", false)});
    }
    for (const json& e : j.value("pulls", json::array())) {
      s.pulls.push_back({e.value("number", int64_t{0}), e.value("title", ""), e.value("url", ""),
                         e.value("head", ""), e.value("base", ""), e.value("comment", int64_t{0}),
                         e.value("digest", ""), e.value("outcome", "")});
    }
    for (const json& e : j.value("proposals", json::array())) s.proposals.push_back(ProposalFrom(e));
    return s;
  } catch (const std::exception& error) {
    return FixInput(std::string("reading what is remembered of the forge: ") + error.what());
  }
}

}  // namespace slipway
