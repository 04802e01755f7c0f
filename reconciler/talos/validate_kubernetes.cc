// Documents about Kubernetes, from Talos 1.14. Source: pkg/machinery/config/types/k8s and cluster.
#include <array>
#include <map>

#include "reconciler/talos/validate_parts.h"

namespace slipway::talos {
namespace {

using Check = void (*)(const yaml::Value& document, Report& report);

void CheckCluster(const yaml::Value& document, Report& report) {
  const std::string endpoint = Text(document, "endpoint");
  if (!IsEndpointUri(endpoint)) {
    report.Error(Nearest(document, "endpoint"), "KubeClusterConfig needs an `endpoint`",
                 "write it like https://10.0.128.100:6443");
  }
}

/// One or two networks, of one family each, and as many for services as for pods.
void CheckNetwork(const yaml::Value& document, Report& report) {
  std::array<size_t, 2> counts{};
  const std::array<std::string_view, 2> lists = {"podSubnets", "serviceSubnets"};
  for (size_t i = 0; i < lists.size(); ++i) {
    const yaml::Sequence& subnets = Items(document, lists[i]);
    counts[i] = subnets.size();
    if (subnets.empty() || subnets.size() > 2) {
      report.Error(Nearest(document, lists[i]), '`' + std::string(lists[i]) + "` holds one or two networks",
                   "correct it");
      continue;
    }
    std::array<int, 2> families{};
    for (const yaml::Value& subnet : subnets) {
      const std::string text = Text(subnet);
      if (!IsCidr(text)) report.Error(subnet, "`" + text + "` is no network", "write it like 10.244.0.0/16");
      ++families[text.find(':') == std::string::npos ? 0 : 1];
    }
    if (families[0] > 1 || families[1] > 1) {
      report.Error(*Get(document, lists[i]),
                   "two networks of `" + std::string(lists[i]) + "` have one family",
                   "write one for IPv4 and one for IPv6");
    }
  }
  if (counts[0] != counts[1]) {
    report.Error(document, "`podSubnets` and `serviceSubnets` must be as many",
                 "write one of each for every family");
  }
}

void CheckNode(const yaml::Value& document, Report& report) {
  CheckNodeMarks(document, "labels", "annotations", "taints", report);
  for (const yaml::Value& subnet : Items(document, "nodeIP.validSubnets")) {
    if (IsSubnetFilter(Text(subnet))) continue;
    report.Error(subnet, "`" + Text(subnet) + "` is no subnet for the kubelet's address",
                 "write a network or an address");
  }
}

void CheckDiscoveryService(const yaml::Value& document, Report& report) {
  const UrlParts url = SplitUrl(Text(document, "endpoint"));
  if (!url.host.empty() && (url.path.empty() || url.path == "/")) return;
  report.Error(Nearest(document, "endpoint"), "the discovery service's endpoint must be a URL without a path",
               "write it like https://discovery.talos.dev/");
}

void CheckDiscoveryIdentity(const yaml::Value& document, Report& report) {
  for (const char* field : {"clusterID", "clusterSecret"}) {
    if (Text(document, field).empty()) {
      report.Error(document, "DiscoveryIdentityConfig needs `" + std::string(field) + '`', "add it");
    }
  }
}

void CheckExternalManifest(const yaml::Value& document, Report& report) {
  if (!IsEndpointUri(Text(document, "url"))) {
    report.Error(Nearest(document, "url"), "an external manifest needs a `url`",
                 "write it like https://example.org/x.yaml");
  }
}

}  // namespace

bool ValidateKubernetesDocument(const yaml::Value& document, std::string_view kind, Report& report) {
  static const std::map<std::string_view, Check> kChecks = {
      {"KubeClusterConfig", CheckCluster},
      {"KubeNetworkConfig", CheckNetwork},
      {"KubeNodeConfig", CheckNode},
      {"DiscoveryServiceConfig", CheckDiscoveryService},
      {"DiscoveryIdentityConfig", CheckDiscoveryIdentity},
      {"KubeExternalManifestConfig", CheckExternalManifest},
  };
  const auto found = kChecks.find(kind);
  if (found == kChecks.end()) return false;
  found->second(document, report);
  return true;
}

}  // namespace slipway::talos
