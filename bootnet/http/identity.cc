#include "bootnet/http/identity.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "bootnet/catalog/request_path.h"

namespace slipway::http {
namespace {

constexpr int kMaxPairs = 32;

void KeepFirst(std::string& field, const std::string& value) {
  if (field.empty()) field = value;
}

/// Calls `visit` with every name and value of a target's query that is not empty.
template <class Visit>
void EveryPair(std::string_view target, Visit visit) {
  const size_t mark = target.find('?');
  if (mark == std::string_view::npos) return;
  std::string_view rest = target.substr(mark + 1);
  rest = rest.substr(0, rest.find('#'));
  for (int i = 0; i < kMaxPairs && !rest.empty(); ++i) {
    const size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    std::optional<std::string> value = PercentDecode(pair.substr(equals + 1));
    if (!value || value->empty()) continue;
    if (value->size() > kMaxFact) value->resize(kMaxFact);
    visit(pair.substr(0, equals), *value);
  }
}

void AddMac(MachineFacts& facts, const std::optional<Mac>& mac) {
  if (!mac || mac->IsZero() || mac->IsMulticast() || facts.macs.size() >= kMostMacs) return;
  if (std::find(facts.macs.begin(), facts.macs.end(), *mac) == facts.macs.end()) facts.macs.push_back(*mac);
}

}  // namespace

void ReadIdentity(std::string_view target, BootEvent& event) {
  std::string manufacturer;
  std::string product;
  EveryPair(target, [&](std::string_view name, const std::string& value) {
    if (name == "mac" && !event.mac) event.mac = Mac::Parse(value);
    if (name == "uuid") KeepFirst(event.uuid, value);
    if (name == "serial") KeepFirst(event.serial, value);
    if (name == "manufacturer") KeepFirst(manufacturer, value);
    if (name == "product") KeepFirst(product, value);
    if (name == "arch" || name == "buildarch") KeepFirst(event.arch, value);
  });
  if (event.product.empty()) {
    event.product = manufacturer + (manufacturer.empty() || product.empty() ? "" : " ") + product;
  }
}

std::optional<MachineFacts> ReadFacts(std::string_view target, const std::optional<Mac>& seen) {
  MachineFacts facts;
  AddMac(facts, seen);
  EveryPair(target, [&facts](std::string_view name, const std::string& value) {
    if (name.starts_with("mac")) AddMac(facts, Mac::Parse(value));
    if (name == "uuid") KeepFirst(facts.uuid, OwnUuid(value));
    if (name == "serial") KeepFirst(facts.serial, value);
    if (name == "asset") KeepFirst(facts.asset, value);
    if (name == "manufacturer") KeepFirst(facts.manufacturer, value);
    if (name == "product") KeepFirst(facts.product, value);
    if (name == "arch") KeepFirst(facts.arch, value);
  });
  if (facts.macs.empty()) return std::nullopt;
  return facts;
}

uint32_t ReadTries(std::string_view target) {
  uint32_t tries = 0;
  EveryPair(target, [&tries](std::string_view name, const std::string& value) {
    if (name == "tries") std::from_chars(value.data(), value.data() + value.size(), tries);
  });
  return tries;
}

}  // namespace slipway::http
