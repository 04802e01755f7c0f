// Documents about Kubernetes, from Talos 1.14. Source: pkg/machinery/config/types/k8s and cluster.
#include <array>
#include <map>

#include "reconciler/talos/base64.h"
#include "reconciler/talos/validate_parts.h"
#include "schema/fleet/forms.h"
#include "schema/fleet/ip.h"

namespace slipway::talos {
namespace {

using Check = void (*)(const yaml::Value& document, Report& report);

void CheckCluster(const yaml::Value& document, Report& report) {
  NeedText(document, "clusterName", report);
  const std::string endpoint = Text(document, "endpoint");
  if (!IsEndpointUri(endpoint)) {
    report.Error(Nearest(document, "endpoint"), "KubeClusterConfig needs an `endpoint`",
                 "write it like https://10.0.128.100:6443");
  }
}

enum class Use { kPods, kServices };

/// A network, and not its hosts; neither too small nor too large for what it is there for.
void CheckSubnet(const yaml::Value& document, const yaml::Value& subnet, Use use, Report& report) {
  constexpr int kFewestHostBits = 4;
  constexpr int kMostServiceBits = 20;
  constexpr int kMostNodeBits = 16;
  const auto prefix = IpPrefix::Parse(Text(subnet));
  IpPrefix masked = prefix.value_or(IpPrefix{});
  const int bits = masked.address.v6 ? 128 : 32;
  for (int i = masked.length; i < bits; ++i)
    masked.address.bytes[i / 8] &= static_cast<uint8_t>(~(0x80U >> i % 8));
  if (!prefix || masked != *prefix)
    return report.Error(subnet, "`" + Text(subnet) + "` is no network", "write it like 10.244.0.0/16");
  const int hosts = bits - prefix->length;
  if (hosts < kFewestHostBits)
    return report.Error(subnet, "`" + Text(subnet) + "` is too small", "use a shorter prefix");
  if (use == Use::kServices) {
    if (hosts > kMostServiceBits)
      report.Error(subnet, "`" + Text(subnet) + "` is too large for services",
                   "use at least /" + std::to_string(bits - kMostServiceBits));
    return;
  }
  const char* field = masked.address.v6 ? "nodeCIDRMaskSizeIPv6" : "nodeCIDRMaskSizeIPv4";
  const int64_t given = Number(document, field);
  if (given < 0 || given > bits) return;
  const int64_t node = given != 0 ? given : masked.address.v6 ? 64 : 24;
  if (prefix->length > node || node - prefix->length > kMostNodeBits) {
    report.Error(subnet,
                 "`" + Text(subnet) + "` does not hold the /" + std::to_string(node) + " of each node",
                 "use a prefix up to 16 bits shorter than that");
  }
}

/// One or two networks, of one family each, and as many for services as for pods.
void CheckNetwork(const yaml::Value& document, Report& report) {
  for (const auto& [field, most] : {std::pair{"nodeCIDRMaskSizeIPv4", 32}, {"nodeCIDRMaskSizeIPv6", 128}}) {
    if (const int64_t size = Number(document, field); size < 0 || size > most)
      report.Error(*Get(document, field), '`' + std::string(field) + "` is from 1 to " + std::to_string(most),
                   "correct it");
  }
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
      CheckSubnet(document, subnet, i == 0 ? Use::kPods : Use::kServices, report);
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
  NeedText(document, "name", report);
  const UrlParts url = SplitUrl(Text(document, "endpoint"));
  if (!url.host.empty() && (url.scheme == "http" || url.scheme == "https" || url.scheme == "grpc")) return;
  report.Error(Nearest(document, "endpoint"), "the discovery service's endpoint must be a URL",
               "write it like https://discovery.talos.dev/");
}

void CheckDiscoveryIdentity(const yaml::Value& document, Report& report) {
  for (const char* field : {"clusterID", "clusterSecret"}) {
    if (Text(document, field).empty()) {
      report.Error(document, "DiscoveryIdentityConfig needs `" + std::string(field) + '`', "add it");
    }
  }
  const std::string secret = Text(document, "clusterSecret");
  const auto bytes = DecodeBase64(secret);
  if (!secret.empty() && (!bytes || bytes->size() != 32))
    report.Error(*Get(document, "clusterSecret"), "`clusterSecret` is no key of 32 bytes in base64",
                 "take it from the cluster's secrets bundle");
}

void CheckObjectName(const yaml::Value& document, Report& report) {
  if (forms::IsResourceName(Text(document, "name"))) return;
  report.Error(Nearest(document, "name"), "the name must be one that Kubernetes takes",
               "use small letters, digits, '-' and '.'");
}

void CheckStaticPod(const yaml::Value& document, Report& report) {
  CheckObjectName(document, report);
  if (Fields(document, "pod").empty())
    report.Error(document, "a KubeStaticPodConfig needs a `pod`", "add it");
}

void CheckKubelet(const yaml::Value& document, Report& report) {
  NeedText(document, "image", report);
  CheckKubeletFields(document, "config", report);
}

void CheckPrism(const yaml::Value& document, Report& report) {
  const int64_t port = Number(document, "port");
  if (port < 1 || port > 65535)
    report.Error(Nearest(document, "port"), "KubePrism needs a port from 1 to 65535", "write 7445");
}

void CheckApiAuthority(const yaml::Value& document, Report& report) {
  if (const yaml::Value* issuing = Get(document, "issuingCA")) {
    const std::string problem = IdentityProblem(Text(*issuing, "cert"), Text(*issuing, "key"));
    if (!problem.empty())
      report.Error(*issuing, "of `issuingCA` " + problem, "paste the whole certificate and key, as text");
  }
  for (const yaml::Value& accepted : Items(document, "acceptedCAs")) {
    if (const std::string problem = CertificateProblem(Text(accepted)); !problem.empty())
      report.Error(accepted, "an accepted authority is wrong: " + problem, "paste the whole certificate");
  }
}

void CheckExternalManifest(const yaml::Value& document, Report& report) {
  CheckObjectName(document, report);
  const UrlParts url = SplitUrl(Text(document, "url"));
  if (url.scheme != "http" && url.scheme != "https") {
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
      {"KubeInlineManifestConfig", CheckObjectName},
      {"KubeStaticPodConfig", CheckStaticPod},
      {"KubeletConfig", CheckKubelet},
      {"KubePrismConfig", CheckPrism},
      {"KubeAPIServerCAConfig", CheckApiAuthority},
  };
  const auto found = kChecks.find(kind);
  if (found == kChecks.end()) return false;
  found->second(document, report);
  return true;
}

}  // namespace slipway::talos
