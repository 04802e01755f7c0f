#include "reconciler/talos/base_places.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace slipway::talos {
namespace {

/// A field of a generated config and the options that decide it: the first of them that is given is its
/// place.
struct OptionPlace {
  std::string_view kind;  ///< "" is the main document
  std::string_view path;
  std::array<std::string_view, 3> options;
};

constexpr OptionPlace kPlaces[] = {
    {"", "machine.certSANs", {"certSANs"}},
    {"", "machine.token", {"secrets"}},
    {"", "machine.ca", {"secrets"}},
    {"", "machine.kubelet.image", {"kubernetesVersion"}},
    {"", "machine.kubelet.clusterDNS", {"kubelet.clusterDNS"}},
    {"", "machine.kubelet.nodeIP", {"kubelet.nodeIP"}},
    {"", "machine.kubelet", {"kubelet"}},
    {"", "machine.network.kubespan", {"kubespan"}},
    {"", "machine.install.disk", {"install.disk"}},
    {"", "machine.install.extraKernelArgs", {"install.extraKernelArgs"}},
    {"", "machine.install.image", {"install.image", "install.schematic", "version"}},
    {"", "machine.install.wipe", {"install.wipe"}},
    {"", "machine.sysctls", {"sysctls"}},
    {"", "machine.registries.mirrors", {"registryMirrors"}},
    {"", "cluster.id", {"secrets"}},
    {"", "cluster.secret", {"secrets"}},
    {"", "cluster.token", {"secrets"}},
    {"", "cluster.ca", {"secrets"}},
    {"", "cluster.aggregatorCA", {"secrets"}},
    {"", "cluster.serviceAccount", {"secrets"}},
    {"", "cluster.secretboxEncryptionSecret", {"secrets"}},
    {"", "cluster.etcd.ca", {"secrets"}},
    {"", "cluster.controlPlane.endpoint", {"../endpoint"}},
    {"", "cluster.controlPlane.localAPIServerPort", {"localAPIServerPort"}},
    {"", "cluster.clusterName", {"../../metadata.name"}},
    {"", "cluster.network.cni.urls", {"cni.urls"}},
    {"", "cluster.network.cni", {"cni.name", "cni"}},
    {"", "cluster.network.dnsDomain", {"dnsDomain"}},
    {"", "cluster.network.podSubnets", {"podSubnets"}},
    {"", "cluster.network.serviceSubnets", {"serviceSubnets"}},
    {"", "cluster.apiServer.image", {"kubernetesVersion"}},
    {"", "cluster.controllerManager.image", {"kubernetesVersion"}},
    {"", "cluster.scheduler.image", {"kubernetesVersion"}},
    {"", "cluster.proxy.image", {"kubernetesVersion"}},
    {"", "cluster.proxy.disabled", {"cni.name", "cni"}},
    {"", "cluster.discovery.enabled", {"discovery.enabled", "discovery"}},
    {"", "cluster.allowSchedulingOnControlPlanes", {"allowSchedulingOnControlPlanes"}},
    {"KubeSpanConfig", "enabled", {"kubespan.enabled", "kubespan"}},
    {"DiscoveryServiceConfig", "endpoint", {"discovery.enabled", "discovery"}},
    {"DiscoveryIdentityConfig", "clusterID", {"secrets"}},
    {"DiscoveryIdentityConfig", "clusterSecret", {"secrets"}},
    {"UnattendedInstallConfig", "installer.image", {"install.image", "install.schematic", "version"}},
    {"UnattendedInstallConfig", "provisioning.diskSelector", {"install.disk"}},
    {"UnattendedInstallConfig", "provisioning.wipe", {"install.wipe"}},
    {"SysctlConfig", "params", {"sysctls"}},
    {"KubeClusterConfig", "clusterName", {"../../metadata.name"}},
    {"KubeClusterConfig", "endpoint", {"../endpoint"}},
    {"KubeNodeConfig", "nodeIP", {"kubelet.nodeIP"}},
    {"KubeNodeConfig", "taints", {"allowSchedulingOnControlPlanes"}},
    {"KubeletConfig", "image", {"kubernetesVersion"}},
    {"KubeletConfig", "clusterDNS", {"kubelet.clusterDNS"}},
    {"KubeNetworkConfig", "dnsDomain", {"dnsDomain"}},
    {"KubeNetworkConfig", "podSubnets", {"podSubnets"}},
    {"KubeNetworkConfig", "serviceSubnets", {"serviceSubnets"}},
    {"KubeAPIServerCAConfig", "issuingCA", {"secrets"}},
    {"KubeAPIServerCAConfig", "acceptedCAs", {"secrets"}},
    {"KubeAggregatorCAConfig", "issuingCA", {"secrets"}},
    {"KubeEtcdEncryptionConfig", "config", {"secrets"}},
    {"KubeServiceAccountConfig", "issuer.privateKey", {"secrets"}},
    {"KubeServiceAccountConfig", "issuer.issuerURL", {"../endpoint"}},
    {"KubeAPIServerConfig", "image", {"kubernetesVersion"}},
    {"KubeAPIServerConfig", "apiPort", {"localAPIServerPort"}},
    {"KubeControllerManagerConfig", "image", {"kubernetesVersion"}},
    {"KubeSchedulerConfig", "image", {"kubernetesVersion"}},
    {"KubeProxyConfig", "image", {"kubernetesVersion"}},
    {"KubeProxyConfig", "enabled", {"cni.name", "cni"}},
    {"KubeFlannelCNIConfig", "", {"cni.name", "cni"}},
};

void PlaceBelow(yaml::Value& value, const GivenFields& given, const std::string& option, Mark mark) {
  if (value.mark().line == 0) value.set_mark(mark);
  if (yaml::Mapping* mapping = value.AsMapping()) {
    for (yaml::Entry& entry : *mapping) {
      const std::string inner = option + '.' + entry.key;
      const Mark own = given.Find(inner).value_or(mark);
      if (entry.key_mark.line == 0) entry.key_mark = own;
      PlaceBelow(entry.value, given, inner, own);
    }
  }
  if (yaml::Sequence* items = value.AsSequence()) {
    for (size_t i = 0; i < items->size(); ++i) {
      const std::string inner = option + '[' + std::to_string(i) + ']';
      PlaceBelow((*items)[i], given, inner, given.Find(inner).value_or(mark));
    }
  }
}

void PlaceFirst(yaml::Value& value, const GivenFields& given,
                const std::array<std::string_view, 3>& options) {
  for (const std::string_view option : options) {
    const std::string name(option);
    if (const auto mark = given.Find(name); mark && !name.empty()) {
      PlaceBelow(value, given, name, *mark);
      return;
    }
  }
}

yaml::Value* FindPath(yaml::Value& value, std::string_view path) {
  yaml::Value* at = &value;
  while (at != nullptr && !path.empty()) {
    const size_t dot = std::min(path.find('.'), path.size());
    at = at->Find(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return at;
}

/// Before 1.12 the endpoint's host stands before the names that the user gives.
void PlaceApiServerNames(yaml::Value& names, const GivenFields& given) {
  size_t own = 0;
  while (given.Find("certSANs[" + std::to_string(own) + ']')) ++own;
  yaml::Sequence& items = *names.AsSequence();
  const size_t before = items.size() - std::min(own, items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string item = "certSANs[" + std::to_string(i - std::min(before, i)) + ']';
    PlaceFirst(items[i], given, {i < before ? std::string_view("../endpoint") : std::string_view(item)});
  }
}

/// Documents that one item of an option stands behind; `manifest` counts those of the CNI.
void PlaceDocument(yaml::Value& document, const DocumentId& id, size_t manifest, const GivenFields& given) {
  if (id.kind == "RegistryMirrorConfig") {
    const std::string host = "registryMirrors." + id.name;
    const std::string list = host + ".endpoints";
    if (yaml::Value* endpoints = document.Find("endpoints")) PlaceFirst(*endpoints, given, {list});
    PlaceFirst(document, given, {host});
  } else if (id.kind == "KubeExternalManifestConfig") {
    const std::string item = "cni.urls[" + std::to_string(manifest) + ']';
    PlaceFirst(document, given, {item, "cni"});
  }
}

}  // namespace

void PlaceOptions(Documents& documents, const GivenFields& given) {
  size_t manifests = 0;
  for (yaml::Value& document : documents) {
    const DocumentId id = IdOf(document);
    for (const OptionPlace& place : kPlaces) {
      if (place.kind != id.kind) continue;
      if (yaml::Value* value = FindPath(document, place.path)) PlaceFirst(*value, given, place.options);
    }
    if (yaml::Value* names = FindPath(document, "cluster.apiServer.certSANs"))
      PlaceApiServerNames(*names, given);
    if (id.kind == "KubeAPIServerConfig") {
      if (yaml::Value* names = document.Find("certExtraSANs")) PlaceApiServerNames(*names, given);
    }
    PlaceDocument(document, id, manifests, given);
    if (id.kind == "KubeExternalManifestConfig") ++manifests;
  }
}

}  // namespace slipway::talos
