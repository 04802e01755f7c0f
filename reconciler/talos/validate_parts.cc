#include "reconciler/talos/validate_parts.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>

#include "schema/fleet/ip.h"

namespace slipway::talos {
namespace {

/// Walks as far as the path goes; `whole` says whether that was to its end.
const yaml::Value* Walk(const yaml::Value& value, std::string_view path, const yaml::Value** deepest) {
  const yaml::Value* at = &value;
  while (!path.empty()) {
    *deepest = at;
    const size_t dot = std::min(path.find('.'), path.size());
    at = at->Find(path.substr(0, dot));
    if (at == nullptr || at->IsNull()) return nullptr;
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  *deepest = at;
  return at;
}

bool IsPort(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

}  // namespace

const yaml::Value* Get(const yaml::Value& value, std::string_view path) {
  const yaml::Value* deepest = nullptr;
  return Walk(value, path, &deepest);
}

const yaml::Value& Nearest(const yaml::Value& value, std::string_view path) {
  const yaml::Value* deepest = &value;
  Walk(value, path, &deepest);
  return *deepest;
}

std::string Text(const yaml::Value& value) {
  if (const std::string* text = value.AsString()) return *text;
  if (const yaml::Integer* integer = value.AsInteger()) return std::to_string(integer->value);
  if (const bool* flag = value.AsBool()) return *flag ? "true" : "false";
  return "";
}

std::string Text(const yaml::Value& value, std::string_view path) {
  const yaml::Value* found = Get(value, path);
  return found == nullptr ? "" : Text(*found);
}

std::optional<bool> Flag(const yaml::Value& value, std::string_view path) {
  const yaml::Value* found = Get(value, path);
  if (found == nullptr || found->AsBool() == nullptr) return std::nullopt;
  return *found->AsBool();
}

int64_t Number(const yaml::Value& value, std::string_view path) {
  const yaml::Value* found = Get(value, path);
  return found == nullptr || found->AsInteger() == nullptr ? 0 : found->AsInteger()->value;
}

const yaml::Sequence& Items(const yaml::Value& value, std::string_view path) {
  static const yaml::Sequence kNone;
  const yaml::Value* found = Get(value, path);
  return found == nullptr || found->AsSequence() == nullptr ? kNone : *found->AsSequence();
}

const yaml::Mapping& Fields(const yaml::Value& value, std::string_view path) {
  static const yaml::Mapping kNone;
  const yaml::Value* found = Get(value, path);
  return found == nullptr || found->AsMapping() == nullptr ? kNone : *found->AsMapping();
}

bool IsIp(std::string_view text) { return IpAddress::Parse(text).has_value(); }
bool IsCidr(std::string_view text) { return IpPrefix::Parse(text).has_value(); }

bool IsSubnetFilter(std::string_view text) {
  if (text.starts_with('!')) text.remove_prefix(1);
  return IsIp(text) || IsCidr(text);
}

UrlParts SplitUrl(std::string_view text) {
  UrlParts parts;
  const size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return parts;
  parts.scheme = text.substr(0, scheme);
  text.remove_prefix(scheme + 3);
  const size_t end = std::min(text.find_first_of("/?#"), text.size());
  std::string_view authority = text.substr(0, end);
  parts.path = text.substr(end, std::min(text.find_first_of("?#"), text.size()) - end);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
  const size_t bracket = authority.rfind(']');
  const size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    parts.port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
  }
  parts.host = authority;
  return parts;
}

bool IsEndpointUri(std::string_view text) {
  const UrlParts parts = SplitUrl(text);
  if (parts.scheme.empty() || parts.host.empty()) return false;
  // A colon that is left in the host belongs to an IPv6 address without its brackets.
  if (parts.host.find(':') != std::string::npos && !parts.host.starts_with('[')) return false;
  if (parts.host.starts_with('[') && !IsIp(std::string_view(parts.host).substr(1, parts.host.size() - 2))) {
    return false;
  }
  return parts.port.empty() || IsPort(parts.port);
}

bool HasPort(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || !IsPort(text.substr(colon + 1))) return false;
  const std::string_view host = text.substr(0, colon);
  return host.find(':') == std::string_view::npos || (host.starts_with('[') && host.ends_with(']'));
}

bool IsWireguardKey(std::string_view text) {
  const auto digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
  };
  return text.size() == 44 && text.ends_with('=') && std::all_of(text.begin(), text.end() - 1, digit);
}

bool IsWorker(const yaml::Value& main) {
  const std::string type = Text(main, "machine.type");
  return type.empty() || type == "worker" || type == "join";
}

bool IsControlPlane(const yaml::Value& main) {
  const std::string type = Text(main, "machine.type");
  return type == "controlplane" || type == "init" || type == "master";
}

void NeedText(const yaml::Value& document, std::string_view path, Report& report) {
  if (!Text(document, path).empty()) return;
  report.Error(Nearest(document, path), "a " + Text(document, "kind") + " needs `" + std::string(path) + '`',
               "add it");
}

double Seconds(std::string_view duration) {
  static const std::map<std::string_view, double> kUnits = {
      {"ns", 1e-9}, {"us", 1e-6}, {"µs", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}};
  const bool negative = duration.starts_with('-');
  double seconds = 0;
  duration.remove_prefix(std::min(duration.find_first_of("0123456789."), duration.size()));
  while (!duration.empty()) {
    const size_t number = std::min(duration.find_first_not_of("0123456789."), duration.size());
    const size_t unit = std::min(duration.find_first_of("0123456789.", number), duration.size());
    const auto found = kUnits.find(duration.substr(number, unit - number));
    if (found != kUnits.end())
      seconds += std::strtod(std::string(duration.substr(0, number)).c_str(), nullptr) * found->second;
    duration.remove_prefix(unit);
  }
  return negative ? -seconds : seconds;
}

void CheckCondition(const yaml::Value& at, const std::string& what, const std::string& condition,
                    CelPlace place, Report& report) {
  if (const auto problem = CheckCel(condition, place, report.minor())) {
    report.Error(at, what + " is no condition in CEL: " + problem->message,
                 "correct it at character " + std::to_string(problem->at + 1));
  }
}

}  // namespace slipway::talos
