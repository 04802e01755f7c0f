// Documents about routes and the peers that tell them. Source: pkg/machinery/config/types/network.
#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "reconciler/talos/validate_parts.h"
#include "schema/fleet/ip.h"

namespace slipway::talos {
namespace {

void CheckRoutingRule(const yaml::Value& document, Report& report) {
  const std::string name = Text(document, "name");
  uint32_t priority = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), priority);
  const bool number = error == std::errc{} && end == name.data() + name.size();
  constexpr uint32_t kReserved[] = {0, 32500, 32766, 32767};
  if (!number || std::find(std::begin(kReserved), std::end(kReserved), priority) != std::end(kReserved)) {
    report.Error(Nearest(document, "name"), "the name of a RoutingRuleConfig is its priority",
                 "write a number other than 0, 32500, 32766 and 32767");
  }
  const std::string table = Text(document, "table");
  const std::string action = Text(document, "action");
  const bool unicast = action.empty() || action == "unspec" || action == "unicast";
  if ((table.empty() || table == "unspec") && unicast) {
    report.Error(document, "a routing rule needs a `table`, or an `action` other than unicast", "add one");
  }
  if (Number(document, "fwMask") != 0 && Number(document, "fwMark") == 0)
    report.Error(*Get(document, "fwMask"), "`fwMask` needs `fwMark`", "add it");
}

bool Overlap(const IpPrefix& one, const IpPrefix& other) {
  return one.Contains(other.address) || other.Contains(one.address);
}

bool IsMasked(const IpPrefix& prefix) {
  const size_t bits = prefix.address.v6 ? 128 : 32;
  for (size_t i = prefix.length; i < bits; ++i) {
    if ((prefix.address.bytes[i / 8] >> (7 - i % 8) & 1) != 0) return false;
  }
  return true;
}

void CheckNeighbor(const yaml::Value& neighbor, bool in_vrf, std::set<std::string>& seen, Report& report) {
  const std::string address = Text(neighbor, "address");
  const std::string link = Text(neighbor, "link");
  if (address.empty() == link.empty()) {
    report.Error(neighbor, "a neighbor has an `address` or a `link`, exactly one of them", "correct it");
  } else if (!seen.insert(address.empty() ? link : address).second) {
    report.Error(neighbor, "the neighbor `" + (address.empty() ? link : address) + "` is there twice",
                 "keep one");
  }
  const yaml::Value* detection = Get(neighbor, "bfd");
  if (detection != nullptr && in_vrf)
    report.Error(*detection, "an instance in a VRF has no `bfd`", "remove it");
  for (const char* field : {"holdTime", "bfd.transmitInterval", "bfd.receiveInterval"}) {
    if (Seconds(Text(neighbor, field)) < 0)
      report.Error(*Get(neighbor, field), '`' + std::string(field) + "` cannot be negative", "correct it");
  }
}

void CheckImports(const yaml::Value& document, Report& report) {
  std::set<std::string> sources;
  std::vector<IpPrefix> known;
  for (const yaml::Value& route : Items(document, "importRoutes")) {
    const std::string source = Text(route, "bgpInstance");
    if (source.empty() || source == Text(document, "name")) {
      report.Error(Nearest(route, "bgpInstance"), "routes are imported from another BGP instance",
                   "name it in `bgpInstance`");
    } else if (!sources.insert(source).second) {
      report.Error(route, "the instance `" + source + "` is imported from twice", "merge the two");
    }
    const yaml::Sequence& prefixes = Items(route, "prefixes");
    if (prefixes.empty()) report.Error(route, "an import needs `prefixes`", "add at least one");
    for (const yaml::Value& item : prefixes) {
      const auto prefix = IpPrefix::Parse(Text(item));
      if (!prefix || !IsMasked(*prefix)) {
        report.Error(item, "`" + Text(item) + "` is no network", "write it like 10.0.0.0/8");
        continue;
      }
      if (std::any_of(known.begin(), known.end(),
                      [&](const IpPrefix& other) { return Overlap(*prefix, other); }))
        report.Error(item, "`" + Text(item) + "` overlaps another prefix", "name each network once");
      known.push_back(*prefix);
    }
  }
}

void CheckBgp(const yaml::Value& document, Report& report) {
  NeedText(document, "name", report);
  if (Number(document, "localASN") == 0)
    report.Error(Nearest(document, "localASN"), "a BGPInstanceConfig needs `localASN`", "add it");
  const auto router = IpAddress::Parse(Text(document, "routerID"));
  if (router && router->v6)
    report.Error(*Get(document, "routerID"), "`routerID` is an IPv4 address", "write one");
  const yaml::Sequence& neighbors = Items(document, "neighbors");
  if (neighbors.empty()) report.Warning(document, "the BGP instance has no `neighbors`", "add some");
  std::set<std::string> seen;
  for (const yaml::Value& neighbor : neighbors)
    CheckNeighbor(neighbor, !Text(document, "vrf").empty(), seen, report);
  CheckImports(document, report);
}

}  // namespace

bool ValidateRoutingDocument(const yaml::Value& document, std::string_view kind, Report& report) {
  if (kind == "RoutingRuleConfig") {
    CheckRoutingRule(document, report);
  } else if (kind == "BGPInstanceConfig") {
    CheckBgp(document, report);
  } else {
    return false;
  }
  return true;
}

}  // namespace slipway::talos
