#include "schema/contract/machine_facts.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "schema/fleet/forms.h"

namespace slipway {
namespace {

using nlohmann::json;

constexpr size_t kLongestFact = 128;

json ToJson(const MachineFacts& facts) {
  json macs = json::array();
  for (const Mac& mac : facts.macs) macs.push_back(mac.ToColons());
  return {{"macs", macs},
          {"uuid", facts.uuid},
          {"serial", facts.serial},
          {"asset", facts.asset},
          {"manufacturer", facts.manufacturer},
          {"product", facts.product},
          {"arch", facts.arch}};
}

std::string Text(const json& j, const char* key) {
  const auto found = j.find(key);
  return found != j.end() && found->is_string() ? found->get<std::string>().substr(0, kLongestFact) : "";
}

std::optional<MachineFacts> FactsFrom(const json& j) {
  if (!j.is_object() || !j.contains("macs") || !j["macs"].is_array()) return std::nullopt;
  MachineFacts facts;
  for (const json& text : j["macs"]) {
    const auto mac = text.is_string() ? Mac::Parse(text.get<std::string>()) : std::nullopt;
    if (mac && facts.macs.size() < kMostMacs) facts.macs.push_back(*mac);
  }
  if (facts.macs.empty()) return std::nullopt;
  facts.uuid = Text(j, "uuid");
  facts.serial = Text(j, "serial");
  facts.asset = Text(j, "asset");
  facts.manufacturer = Text(j, "manufacturer");
  facts.product = Text(j, "product");
  facts.arch = Text(j, "arch");
  return facts;
}

/// Takes over what is new in `news`; true where anything was.
bool Join(MachineFacts& known, const MachineFacts& news) {
  const MachineFacts before = known;
  for (const Mac& mac : news.macs) {
    const bool there = std::find(known.macs.begin(), known.macs.end(), mac) != known.macs.end();
    if (!there && known.macs.size() < kMostMacs) known.macs.push_back(mac);
  }
  for (std::string MachineFacts::*field :
       {&MachineFacts::uuid, &MachineFacts::serial, &MachineFacts::asset, &MachineFacts::manufacturer,
        &MachineFacts::product, &MachineFacts::arch}) {
    if (!(news.*field).empty()) known.*field = news.*field;
  }
  return !(known == before);
}

std::string Dumped(const json& j, int indent) {
  return j.dump(indent, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string OwnUuid(std::string_view text) {
  const std::string uuid = forms::ParseUuid(forms::ToLower(text)).value_or("");
  // Fillers of boards whose maker wrote none.
  constexpr std::array<std::string_view, 4> kFillers = {
      "03000200-0400-0500-0006-000700080009", "00020003-0004-0005-0006-000700080009",
      "12345678-1234-5678-90ab-cddeefaabbcc", "fefefefe-fefe-fefe-fefe-fefefefefefe"};
  if (std::find(kFillers.begin(), kFillers.end(), uuid) != kFillers.end()) return {};
  if (uuid.find_first_not_of("0-") == std::string::npos) return {};
  if (uuid.find_first_not_of("f-") == std::string::npos) return {};
  return uuid;
}

bool SameMachine(const MachineFacts& a, const MachineFacts& b) {
  // Asked of thousands at a time: what is not equal is told cheaply.
  const auto same_letter = [](char x, char y) { return (x | 0x20) == (y | 0x20); };
  if (!a.uuid.empty() &&
      std::equal(a.uuid.begin(), a.uuid.end(), b.uuid.begin(), b.uuid.end(), same_letter)) {
    const std::string uuid = OwnUuid(a.uuid);
    if (!uuid.empty() && uuid == OwnUuid(b.uuid)) return true;
  }
  return std::any_of(a.macs.begin(), a.macs.end(), [&b](const Mac& mac) {
    return std::find(b.macs.begin(), b.macs.end(), mac) != b.macs.end();
  });
}

bool Sightings::Note(const MachineFacts& facts, int64_t now) {
  constexpr int64_t kWorthWriting = 60;
  if (facts.macs.empty()) return false;
  const auto known = std::find_if(list_.begin(), list_.end(),
                                  [&](const Sighting& s) { return SameMachine(s.facts, facts); });
  if (known != list_.end()) {
    const bool changed = Join(known->facts, facts);
    if (!changed && now - known->last_seen < kWorthWriting) return false;
    known->last_seen = now;
    return true;
  }
  if (list_.size() >= limit_) {
    list_.erase(std::min_element(list_.begin(), list_.end(), [](const Sighting& a, const Sighting& b) {
      return a.last_seen < b.last_seen;
    }));
  }
  list_.push_back({facts, now, now});
  return true;
}

const Sighting* Sightings::Find(const Mac& mac) const {
  const auto found = std::find_if(list_.begin(), list_.end(), [&mac](const Sighting& s) {
    return std::find(s.facts.macs.begin(), s.facts.macs.end(), mac) != s.facts.macs.end();
  });
  return found == list_.end() ? nullptr : &*found;
}

std::string Sightings::Encode() const {
  json list = json::array();
  for (const Sighting& sighting : list_) {
    json j = ToJson(sighting.facts);
    j["firstSeen"] = sighting.first_seen;
    j["lastSeen"] = sighting.last_seen;
    list.push_back(std::move(j));
  }
  return Dumped({{"machines", std::move(list)}}, 1) + '\n';
}

Result<void> Sightings::Decode(std::string_view text) {
  const json j = json::parse(text, nullptr, false);
  if (!j.is_object() || !j.contains("machines") || !j["machines"].is_array())
    return FixInput("reading the machines that were seen: not the file that Slipway wrote");
  list_.clear();
  const auto time = [](const json& entry, const char* key) {
    const auto found = entry.find(key);
    return found != entry.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
  };
  for (const json& entry : j["machines"]) {
    auto facts = FactsFrom(entry);
    if (facts && list_.size() < limit_)
      list_.push_back({std::move(*facts), time(entry, "firstSeen"), time(entry, "lastSeen")});
  }
  return {};
}

std::string EncodeFacts(const MachineFacts& facts) { return Dumped(ToJson(facts), -1); }

Result<MachineFacts> DecodeFacts(std::string_view text) {
  auto facts = FactsFrom(json::parse(text, nullptr, false));
  if (!facts) return FixInput("reading what a machine said of itself: no MAC address is in it");
  return std::move(*facts);
}

}  // namespace slipway
