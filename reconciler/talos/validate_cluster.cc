// `cluster` of the main document. Source: v1alpha1_validation.go (ClusterConfig.Validate, ValidateCNI,
// RuntimeValidate).
#include <algorithm>
#include <set>

#include "reconciler/talos/validate_parts.h"
#include "schema/fleet/talos_release.h"

namespace slipway::talos {
namespace {

constexpr int kEndpointDocument = 14;

bool IsDnsName(std::string_view name) {
  const auto dots = static_cast<size_t>(std::count(name.begin(), name.end(), '.'));
  if (name.empty() || name.size() - dots > 255) return false;
  if (name.back() == '.' || name.back() == '_') name.remove_suffix(1);
  size_t start = 0;
  while (start <= name.size()) {
    const size_t end = std::min(name.find('.', start), name.size());
    const std::string_view label = name.substr(start, end - start);
    if (label.empty() || label.size() > 63 || label.front() == '-') return false;
    for (const char c : label) {
      const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!word && c != '_' && c != '-') return false;
    }
    start = end + 1;
  }
  return true;
}

void CheckCni(const yaml::Value& main, Report& report) {
  const yaml::Value* cni = Get(main, "cluster.network.cni");
  if (cni == nullptr || !IsControlPlane(main)) return;
  const std::string name = Text(*cni, "name");
  const yaml::Sequence& urls = Items(*cni, "urls");
  if (name != "flannel" && name != "none" && name != "custom") {
    report.Error(Nearest(*cni, "name"), "the CNI must be flannel, none or custom, not `" + name + '`',
                 "write one of them; `none` leaves it to you");
  } else if (name != "custom" && !urls.empty()) {
    report.Error(*Get(*cni, "urls"), "`urls` belong to the CNI custom, not to " + name, "remove them");
  } else if (name == "custom" && urls.empty()) {
    report.Warning(*cni, "the CNI custom has no `urls`", "name the manifests, or write none");
  }
  for (const yaml::Value& url : urls) {
    if (IsEndpointUri(Text(url))) continue;
    report.Error(url, "`" + Text(url) + "` is no URL of a manifest",
                 "write it like https://example.org/cni.yaml");
  }
  if (name != "flannel" && Get(*cni, "flannel") != nullptr && !Items(*cni, "flannel.extraArgs").empty()) {
    report.Error(*Get(*cni, "flannel"), "`flannel.extraArgs` belong to the CNI flannel", "remove them");
  }
}

void CheckDiscovery(const yaml::Value& cluster, Report& report) {
  if (!Flag(cluster, "discovery.enabled").value_or(false)) return;
  if (Flag(cluster, "discovery.registries.service.disabled").value_or(false)) return;
  const std::string endpoint = Text(cluster, "discovery.registries.service.endpoint");
  if (!endpoint.empty()) {
    const UrlParts url = SplitUrl(endpoint);
    if (url.host.empty() || (!url.path.empty() && url.path != "/")) {
      report.Error(*Get(cluster, "discovery.registries.service.endpoint"),
                   "the discovery service's endpoint must be a URL without a path",
                   "write it like https://discovery.talos.dev/");
    }
  }
  for (const char* field : {"id", "secret"}) {
    if (!Text(cluster, field).empty()) continue;
    report.Error(Nearest(cluster, "discovery.enabled"),
                 "the discovery service needs `cluster." + std::string(field) + '`',
                 "add it, or disable discovery");
  }
}

void CheckEtcd(const yaml::Value& main, Report& report) {
  const yaml::Value* etcd = Get(main, "cluster.etcd");
  if (etcd == nullptr) return;
  if (!IsControlPlane(main) && !IsWorker(main)) return;
  if (IsWorker(main)) {
    report.Error(*etcd, "`cluster.etcd` belongs to control planes", "remove it from this worker");
    return;
  }
  if (Text(*etcd, "ca.crt").empty() || Text(*etcd, "ca.key").empty()) {
    report.Error(Nearest(*etcd, "ca"), "`cluster.etcd.ca` needs crt and key", "add them");
  }
  if (!Text(*etcd, "subnet").empty() && !Items(*etcd, "advertisedSubnets").empty()) {
    report.Error(*Get(*etcd, "subnet"), "`etcd.subnet` and `etcd.advertisedSubnets` say the same",
                 "keep the latter");
  }
  for (const std::string_view list : {"advertisedSubnets", "listenSubnets"}) {
    for (const yaml::Value& subnet : Items(*etcd, list)) {
      if (IsSubnetFilter(Text(subnet))) continue;
      report.Error(subnet, "`" + Text(subnet) + "` is no subnet for etcd", "write a network or an address");
    }
  }
}

void CheckManifests(const yaml::Value& cluster, Report& report) {
  std::set<std::string> names;
  for (const yaml::Value& manifest : Items(cluster, "inlineManifests")) {
    const std::string name = Text(manifest, "name");
    if (name.find_first_not_of(" \t\r\n") == std::string::npos) {
      report.Error(manifest, "an inline manifest needs a name", "add `name`");
    } else if (!names.insert(name).second) {
      report.Error(manifest, "the inline manifest `" + name + "` is there twice",
                   "give each a name of its own");
    }
  }
  const yaml::Sequence& external = Items(cluster, "externalCloudProvider.manifests");
  if (!external.empty() && !Flag(cluster, "externalCloudProvider.enabled").value_or(false)) {
    report.Error(*Get(cluster, "externalCloudProvider.manifests"),
                 "manifests of an external cloud provider that is not enabled",
                 "set `enabled: true`, or remove them");
  }
  for (const yaml::Value& url : external) {
    if (!IsEndpointUri(Text(url))) {
      report.Error(url, "`" + Text(url) + "` is no URL of a manifest",
                   "write it like https://example.org/ccm.yaml");
    }
  }
}

void CheckImage(const yaml::Value& image, const TalosVersion& version, Report& report) {
  const std::string reference = Text(image);
  const size_t tag = reference.rfind(":v");
  std::string number = tag == std::string::npos ? "" : reference.substr(tag + 2);
  number = number.substr(0, number.find('@'));
  const auto kubernetes = TalosVersion::Parse(number);
  if (!kubernetes) {
    report.Error(image, "the image `" + reference + "` has no tag of the form :v1.34.1",
                 "name a version of Kubernetes");
    return;
  }
  const KubernetesRange range = KubernetesRangeOf(version.minor);
  if (range.Holds(*kubernetes)) return;
  report.Error(image,
               "Kubernetes " + kubernetes->ToString() + " does not run on Talos " + version.ToString() +
                   ", which takes " + range.ToString(),
               "use a Kubernetes version of that range, or another Talos version");
}

}  // namespace

void ValidateCluster(const yaml::Value& main, const TalosVersion& version, Report& report) {
  const yaml::Value* cluster = Get(main, "cluster");
  if (cluster == nullptr) {
    report.Error(main, "the config has no `cluster` section", "add it");
    return;
  }
  const std::string endpoint = Text(*cluster, "controlPlane.endpoint");
  const yaml::Value& at = Nearest(*cluster, "controlPlane.endpoint");
  const bool document = version.minor >= kEndpointDocument;
  if (endpoint.empty() && (!document || Get(*cluster, "controlPlane") != nullptr)) {
    report.Error(at, "`cluster.controlPlane.endpoint` is missing",
                 document ? "add it; beside a KubeClusterConfig remove the whole `cluster.controlPlane`"
                          : "add the URL of the Kubernetes API");
  } else if (!endpoint.empty() && !IsEndpointUri(endpoint)) {
    report.Error(at, "`cluster.controlPlane.endpoint` is no URL", "write it like https://10.0.128.100:6443");
  }
  if (const yaml::Value* account = Get(*cluster, "serviceAccount");
      account != nullptr && document && endpoint.empty()) {
    report.Error(*account, "`cluster.serviceAccount` takes its issuer from `cluster.controlPlane.endpoint`",
                 "move it to a KubeServiceAccountConfig");
  }
  const std::string domain = Text(*cluster, "network.dnsDomain");
  if (!domain.empty() && !IsDnsName(domain)) {
    report.Error(*Get(*cluster, "network.dnsDomain"), "`" + domain + "` is no DNS name",
                 "write one, like cluster.local");
  }
  if (IsWorker(main) && !Text(*cluster, "ca.key").empty()) {
    report.Error(*Get(*cluster, "ca.key"), "a worker must not hold the key of `cluster.ca`",
                 "use the worker's config, not a control plane's: set the key to \"\"");
  }
  CheckCni(main, report);
  CheckDiscovery(*cluster, report);
  CheckEtcd(main, report);
  CheckManifests(*cluster, report);
}

void ValidateImages(const Documents& documents, const TalosVersion& version, Report& report) {
  for (const yaml::Value& document : documents) {
    const std::string kind = IdOf(document).kind;
    if (IsMain(document)) {
      for (const char* path : {"machine.kubelet.image", "cluster.apiServer.image",
                               "cluster.controllerManager.image", "cluster.scheduler.image"}) {
        if (const yaml::Value* image = Get(document, path)) CheckImage(*image, version, report);
      }
    } else if (kind == "KubeletConfig" || kind == "KubeAPIServerConfig" || kind == "KubeProxyConfig" ||
               kind == "KubeControllerManagerConfig" || kind == "KubeSchedulerConfig") {
      const bool off = kind != "KubeletConfig" && Flag(document, "enabled") == false;
      const yaml::Value* image = Get(document, "image");
      if (image != nullptr && !off && !Text(*image).empty()) CheckImage(*image, version, report);
    }
  }
}

}  // namespace slipway::talos
