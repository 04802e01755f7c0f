// Documents about links. Source: pkg/machinery/config/types/network.
#include <algorithm>
#include <cstdlib>
#include <map>

#include "reconciler/talos/validate_parts.h"

namespace slipway::talos {
namespace {

using Check = void (*)(const yaml::Value& document, Report& report);

constexpr int kResolverChecks = 14;

void Need(const yaml::Value& document, const char* field, Report& report) {
  NeedText(document, field, report);
}

/// An address that is one of a machine: not the zeros, which stand for none.
bool IsUsable(std::string_view text) {
  text = text.substr(0, text.find('/'));
  const bool zeros = text == "0.0.0.0" || text.find_first_not_of(":0") == std::string_view::npos;
  return IsIp(text) && !zeros;
}

void CheckLink(const yaml::Value& document, Report& report) {
  for (const yaml::Value& address : Items(document, "addresses")) {
    if (IsUsable(Text(address, "address")) && IsCidr(Text(address, "address"))) continue;
    report.Error(Nearest(address, "address"), "an address of a link has a prefix length",
                 "write it like 10.0.128.2/24");
  }
  for (const yaml::Value& route : Items(document, "routes")) {
    for (const char* field : {"destination", "gateway", "source"}) {
      const std::string text = Text(route, field);
      if (text.empty() || IsUsable(text)) continue;
      report.Error(*Get(route, field), "the route's " + std::string(field) + " `" + text + "` is refused",
                   std::string(field) == "destination" ? "a default route has no `destination`: remove it"
                                                       : "write an address");
    }
  }
}

void CheckVethName(const yaml::Value& document, const char* path, Report& report) {
  const std::string name = Text(document, path);
  const bool good = !name.empty() && name.size() <= 15 && name != "." && name != ".." &&
                    std::all_of(name.begin(), name.end(), [](char c) {
                      return static_cast<uint8_t>(c) > ' ' && c != '/' && c != ':' && c != 127;
                    });
  if (good) return;
  report.Error(Nearest(document, path), "an end of a veth pair has a name of up to 15 characters",
               "use letters, digits, '-' and '.'");
}

void CheckVeth(const yaml::Value& document, Report& report) {
  CheckVethName(document, "name", report);
  CheckVethName(document, "peer.name", report);
  if (Text(document, "name") == Text(document, "peer.name"))
    report.Error(Nearest(document, "peer.name"), "the two ends of a veth pair have two names", "rename one");
  CheckLink(document, report);
  if (const yaml::Value* peer = Get(document, "peer")) CheckLink(*peer, report);
}

void CheckResolver(const yaml::Value& document, Report& report) {
  const yaml::Sequence& servers = Items(document, "nameservers");
  const bool encrypted = std::all_of(servers.begin(), servers.end(), [](const yaml::Value& server) {
    return Text(server, "protocol") == "DoT" || Text(server, "protocol") == "DoH";
  });
  if (!servers.empty() && encrypted) {
    report.Warning(*Get(document, "nameservers"),
                   "every nameserver needs the right time, which may need a nameserver",
                   "keep one without DoT and DoH, or name time servers by address");
  }
  if (!Flag(document, "hostDNS.enabled").value_or(false)) {
    for (const char* field : {"hostDNS.forwardKubeDNSToHost", "hostDNS.resolveMemberNames"}) {
      if (Flag(document, field).value_or(false))
        report.Error(*Get(document, field), '`' + std::string(field) + "` needs the host's DNS cache",
                     "set `hostDNS.enabled: true`");
    }
  }
  for (const yaml::Value& server : servers) {
    if (!IsIp(Text(server, "address")) && report.minor() >= kResolverChecks)
      report.Error(Nearest(server, "address"), "a nameserver is an IP address", "write it like 10.0.128.1");
    const std::string protocol = Text(server, "protocol");
    const bool plain = protocol.empty() || protocol == "Do53";
    if (plain != Text(server, "tlsServerName").empty()) {
      report.Error(server, "`tlsServerName` is for DoT and DoH, which need it",
                   plain ? "remove it" : "add it");
    }
  }
}

void CheckAlias(const yaml::Value& document, Report& report) {
  const std::string name = Text(document, "name");
  const size_t percent = name.find('%');
  if (percent != std::string::npos && (percent == 0 || name.substr(percent) != "%d")) {
    report.Error(*Get(document, "name"), "an alias for several links ends in `%d`", "write it like net%d");
  }
  const std::string match = Text(document, "selector.match");
  const yaml::Value& at = Nearest(document, "selector.match");
  if (match.empty()) return report.Error(at, "a LinkAliasConfig needs `selector.match`", "add it");
  CheckCondition(at, "the selector", match, CelPlace::kLink, report);
}

void CheckBondDocument(const yaml::Value& document, Report& report) {
  if (Items(document, "links").empty()) report.Error(document, "a bond needs `links`", "add at least one");
  Need(document, "bondMode", report);
  CheckLink(document, report);
  if (Text(document, "bondMode") != "802.3ad") return;
  for (const char* field : {"miimon", "updelay", "downdelay"}) {
    if (Get(document, field) == nullptr) {
      report.Warning(document, "a bond with 802.3ad should say `" + std::string(field) + '`', "add it");
    }
  }
}

void CheckVlan(const yaml::Value& document, Report& report) {
  const int64_t id = Number(document, "vlanID");
  if (id < 1 || id > 4094)
    report.Error(Nearest(document, "vlanID"), "a VLAN has an id from 1 to 4094", "write one");
  Need(document, "parent", report);
  const std::string mode = Text(document, "vlanMode");
  if (!mode.empty() && mode != "802.1q" && mode != "802.1ad") {
    report.Error(*Get(document, "vlanMode"), "`vlanMode` is 802.1q or 802.1ad", "write one of them");
  }
  CheckLink(document, report);
}

void CheckVrf(const yaml::Value& document, Report& report) {
  const std::string table = Text(document, "table");
  for (const char* reserved : {"", "unspec", "local", "main", "default", "0", "253", "254", "255"}) {
    if (table != reserved) continue;
    report.Error(Nearest(document, "table"), "a VRF needs a routing table of its own",
                 "write a number, like 123");
  }
  CheckLink(document, report);
}

void CheckWireguardDocument(const yaml::Value& document, Report& report) {
  if (!IsWireguardKey(Text(document, "privateKey"))) {
    report.Error(Nearest(document, "privateKey"), "the private key is no WireGuard key",
                 "make one with `wg genkey`");
  }
  if (const int64_t port = Number(document, "listenPort"); port < 0 || port > 65535)
    report.Error(*Get(document, "listenPort"), "`listenPort` is a port from 0 to 65535", "correct it");
  for (const yaml::Value& peer : Items(document, "peers")) {
    if (Seconds(Text(peer, "persistentKeepaliveInterval")) < 0)
      report.Error(*Get(peer, "persistentKeepaliveInterval"), "an interval cannot be negative", "correct it");
    for (const char* field : {"publicKey", "presharedKey"}) {
      const std::string key = Text(peer, field);
      const bool optional = std::string_view(field) == "presharedKey";
      if ((optional && key.empty()) || IsWireguardKey(key)) continue;
      report.Error(Nearest(peer, field), "the peer's " + std::string(field) + " is no WireGuard key",
                   "correct it");
    }
  }
  CheckLink(document, report);
}

void CheckDhcp(const yaml::Value& document, Report& report) {
  const bool duid = Text(document, "clientIdentifier") == "duid";
  if (duid == !Text(document, "duidRaw").empty()) return;
  report.Error(Nearest(document, duid ? "clientIdentifier" : "duidRaw"),
               "`duidRaw` and `clientIdentifier: duid` belong together", "add the other one, or remove this");
}

void CheckVip(const yaml::Value& document, Report& report) {
  if (!IsIp(Text(document, "name"))) {
    report.Error(Nearest(document, "name"), "the name of a virtual IP is its address",
                 "write it like 10.0.128.100");
  }
  Need(document, "link", report);
  if (IdOf(document).kind == "HCloudVIPConfig") Need(document, "apiToken", report);
}

void CheckHostname(const yaml::Value& document, Report& report) {
  const std::string hostname = Text(document, "hostname");
  const std::string automatic = Text(document, "auto");
  if (hostname.empty() && automatic.empty()) {
    report.Error(document, "a HostnameConfig needs `hostname` or `auto`", "add one");
  } else if (!hostname.empty() && automatic != "off") {
    report.Error(Nearest(document, "auto"), "a fixed `hostname` needs `auto: off`", "add or set it");
  }
  const std::string first = hostname.substr(0, hostname.find('.'));
  if (!hostname.empty() && (hostname.size() > 253 || first.empty() || first.size() > 63)) {
    report.Error(*Get(document, "hostname"), "the host name is too long, or begins with a dot",
                 "at most 63 characters before the first dot, 253 in all");
  }
}

void CheckStaticHost(const yaml::Value& document, Report& report) {
  if (!IsIp(Text(document, "name"))) {
    report.Error(Nearest(document, "name"), "the name of a StaticHostConfig is an address", "write one");
  }
  if (Items(document, "hostnames").empty())
    report.Error(document, "a StaticHostConfig needs `hostnames`", "add one");
}

void CheckTimeSync(const yaml::Value& document, Report& report) {
  if (Get(document, "ntp") != nullptr && Get(document, "ptp") != nullptr) {
    report.Error(*Get(document, "ptp"), "time comes from `ntp` or from `ptp`", "keep one of them");
  }
  if (Flag(document, "ntp.useNTS").value_or(false)) {
    for (const yaml::Value& server : Items(document, "ntp.servers")) {
      if (IsIp(Text(server))) report.Error(server, "NTS needs the names of its servers", "write a host name");
    }
  }
  if (Text(document, "bootTimeout").starts_with('-')) {
    report.Error(*Get(document, "bootTimeout"), "`bootTimeout` cannot be negative", "write it like 2m");
  }
}

void CheckRule(const yaml::Value& document, Report& report) {
  std::vector<std::pair<int, int>> ranges;
  for (const yaml::Value& item : Items(document, "portSelector.ports")) {
    const std::string text = Text(item);
    const size_t dash = text.find('-');
    const int first = std::atoi(text.c_str());
    ranges.emplace_back(first, dash == std::string::npos ? first : std::atoi(text.c_str() + dash + 1));
  }
  std::sort(ranges.begin(), ranges.end());
  for (size_t i = 0; i < ranges.size(); ++i) {
    if (ranges[i].first <= ranges[i].second && (i == 0 || ranges[i].first > ranges[i - 1].second)) continue;
    report.Error(*Get(document, "portSelector.ports"), "the ports overlap", "name each port once");
    break;
  }
  if (Items(document, "portSelector.ports").empty()) {
    report.Error(Nearest(document, "portSelector.ports"), "a NetworkRuleConfig needs `portSelector.ports`",
                 "add them");
  }
  for (const yaml::Value& rule : Items(document, "ingress")) {
    if (!IsCidr(Text(rule, "subnet"))) {
      report.Error(Nearest(rule, "subnet"), "an ingress rule needs a `subnet`", "write it like 10.0.0.0/8");
    }
    if (!Text(rule, "except").empty() && !IsCidr(Text(rule, "except"))) {
      report.Error(*Get(rule, "except"), "`except` is no network", "write it like 10.1.0.0/16");
    }
  }
}

void CheckKubeSpanDocument(const yaml::Value& document, Report& report) {
  const yaml::Value* mtu = Get(document, "mtu");
  if (mtu != nullptr && Number(document, "mtu") < 1280) {
    report.Error(*mtu, "KubeSpan needs an MTU of at least 1280", "raise it");
  }
  for (const yaml::Value& filter : Items(document, "filters.endpoints")) {
    if (!IsSubnetFilter(Text(filter)))
      report.Error(filter, "`" + Text(filter) + "` is no endpoint filter", "correct it");
  }
}

void CheckBlackhole(const yaml::Value& document, Report& report) {
  if (!IsCidr(Text(document, "name"))) {
    report.Error(Nearest(document, "name"), "the name of a BlackholeRouteConfig is a network",
                 "write it like 10.9.0.0/16");
  }
}

void CheckProbe(const yaml::Value& document, Report& report) {
  if (IdOf(document).kind == "TCPProbeConfig") Need(document, "endpoint", report);
  if (IdOf(document).kind == "HTTPProbeConfig") {
    const UrlParts url = SplitUrl(Text(document, "url"));
    if (url.host.empty() || (url.scheme != "http" && url.scheme != "https"))
      report.Error(Nearest(document, "url"), "an HTTPProbeConfig needs a `url`",
                   "write it like http://10.0.0.1/");
  }
  for (const char* field : {"interval", "timeout", "failureThreshold"}) {
    const yaml::Value* found = Get(document, field);
    if (found != nullptr && Text(*found).starts_with('-')) {
      report.Error(*found, "`" + std::string(field) + "` cannot be negative", "correct it");
    }
  }
}

}  // namespace

bool ValidateLinkDocument(const yaml::Value& document, std::string_view kind, Report& report) {
  static const std::map<std::string_view, Check> kChecks = {
      {"LinkConfig", CheckLink},
      {"LinkAliasConfig", CheckAlias},
      {"BondConfig", CheckBondDocument},
      {"BridgeConfig", CheckLink},
      {"VLANConfig", CheckVlan},
      {"DummyLinkConfig", CheckLink},
      {"VRFConfig", CheckVrf},
      {"WireguardConfig", CheckWireguardDocument},
      {"VethConfig", CheckVeth},
      {"ResolverConfig", CheckResolver},
      {"DHCPv4Config", CheckDhcp},
      {"DHCPv6Config", CheckDhcp},
      {"Layer2VIPConfig", CheckVip},
      {"HCloudVIPConfig", CheckVip},
      {"HostnameConfig", CheckHostname},
      {"StaticHostConfig", CheckStaticHost},
      {"TimeSyncConfig", CheckTimeSync},
      {"NetworkRuleConfig", CheckRule},
      {"KubeSpanConfig", CheckKubeSpanDocument},
      {"BlackholeRouteConfig", CheckBlackhole},
      {"TCPProbeConfig", CheckProbe},
      {"HTTPProbeConfig", CheckProbe},
  };
  const auto found = kChecks.find(kind);
  if (found == kChecks.end()) return false;
  if (kind != "HostnameConfig" && kind != "TimeSyncConfig" && kind != "KubeSpanConfig" &&
      kind != "ResolverConfig") {
    Need(document, "name", report);
  }
  found->second(document, report);
  return true;
}

}  // namespace slipway::talos
