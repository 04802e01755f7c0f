#include <algorithm>

#include "reconciler/import/fields.h"
#include "reconciler/import/talhelper_links.h"
#include "reconciler/import/talhelper_settings.h"
#include "schema/fleet/ipv4.h"

namespace slipway::imports {
namespace {

/// First minor of Talos whose network is configured by documents.
constexpr int kDocuments = 12;

yaml::Value Network(std::string_view key, yaml::Value value) {
  yaml::Value patch;
  patch.At("machine").At("network").At(key) = std::move(value);
  return patch;
}

yaml::Value Delete() { return Map({{"$patch", yaml::Value("delete")}}); }

void Hostname(const TalhelperNode& node, const TalosVersion& version, yaml::Value& spec,
              std::vector<Setting>& settings) {
  if (!Flag(node.value, "ignoreHostname")) {
    if (node.hostname != node.name) spec.At("network").At("hostname") = yaml::Value(node.hostname);
    return;
  }
  yaml::Value patch;
  if (version.minor < kDocuments) {
    patch = Network("hostname", Delete());
  } else {
    patch = TalosDocument("HostnameConfig");
    patch.At("hostname") = Delete();
    patch.At("auto") = yaml::Value("stable");
  }
  settings.push_back({"hostname", Scope::kNode, {std::move(patch)}});
}

void Resolver(const TalhelperNode& node, const TalosVersion& version, yaml::Value& spec,
              std::vector<Setting>& settings) {
  const auto servers = TextList(node.value, "nameservers");
  const bool silent = Flag(node.value, "disableSearchDomain");
  const bool plain = std::all_of(servers.begin(), servers.end(),
                                 [](const std::string& text) { return Ipv4::Parse(text).has_value(); });
  if (plain && !servers.empty()) spec.At("network").At("nameservers") = TextSequence(servers);
  const Scope scope = node.ScopeOf("nameservers");
  if (version.minor < kDocuments) {
    if (!plain) settings.push_back({"nameservers", scope, {Network("nameservers", TextSequence(servers))}});
    if (silent) {
      settings.push_back({"search-domain",
                          node.ScopeOf("disableSearchDomain"),
                          {Network("disableSearchDomain", yaml::Value(true))}});
    }
    return;
  }
  if (servers.empty() && !silent) return;
  yaml::Value document = TalosDocument("ResolverConfig");
  if (!plain) {
    yaml::Sequence list;
    for (const std::string& server : servers) list.push_back(Map({{"address", yaml::Value(server)}}));
    document.At("nameservers") = yaml::Value(std::move(list));
  }
  document.At("searchDomains").At("disableDefault") = yaml::Value(silent);
  const bool shared = (servers.empty() || scope == Scope::kRole) &&
                      (!silent || node.ScopeOf("disableSearchDomain") == Scope::kRole);
  settings.push_back({"resolver", shared ? Scope::kRole : Scope::kNode, {std::move(document)}});
}

}  // namespace

void NetworkSettings(const TalhelperNode& node, const TalosVersion& version, yaml::Value& spec,
                     std::vector<Setting>& settings) {
  Hostname(node, version, spec, settings);
  Resolver(node, version, spec, settings);
  if (version.minor >= kDocuments || !Says(node.value, "networkInterfaces")) return;
  const yaml::Sequence& devices = List(node.value, "networkInterfaces");
  if (auto native = NativeInterfaces(devices)) {
    spec.At("network").At("interfaces") = std::move(*native);
    return;
  }
  const bool keys = std::any_of(devices.begin(), devices.end(),
                                [](const yaml::Value& device) { return Says(device, "wireguard"); });
  settings.push_back({"interfaces",
                      node.ScopeOf("networkInterfaces"),
                      {Network("interfaces", *node.value.Find("networkInterfaces"))},
                      keys ? Draft::Place::kFile : Draft::Place::kShortest});
}

}  // namespace slipway::imports
