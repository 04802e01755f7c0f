// What only a whole config shows, from Talos 1.14. Source: pkg/machinery/config/container (validateContainer,
// container_deps.go).
#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "reconciler/talos/validate_parts.h"

namespace slipway::talos {
namespace {

constexpr const char* kControlPlaneLabel = "node-role.kubernetes.io/control-plane";

class Whole {
 public:
  Whole(const Documents& documents, Report& report) : report_(report) {
    for (const yaml::Value& document : documents) {
      if (IsMain(document)) main_ = &document;
      kinds_.emplace(IdOf(document).kind, &document);
    }
  }

  void Check() {
    CheckResolvers();
    CheckKubeSpan();
    CheckControlPlane();
    CheckCluster();
    CheckContainers();
  }

 private:
  const yaml::Value* Find(const std::string& kind) const {
    const auto found = kinds_.find(kind);
    return found == kinds_.end() ? nullptr : found->second;
  }
  std::string Main(std::string_view path) const { return main_ == nullptr ? "" : Text(*main_, path); }
  bool InMain(std::string_view path) const { return main_ != nullptr && Get(*main_, path) != nullptr; }

  void CheckResolvers() {
    const yaml::Value* resolver = Find("ResolverConfig");
    if (resolver == nullptr) return;
    const bool cache = Flag(*resolver, "hostDNS.enabled").value_or(false) ||
                       (main_ != nullptr && Flag(*main_, "machine.features.hostDNS.enabled").value_or(false));
    for (const yaml::Value& server : Items(*resolver, "nameservers")) {
      const std::string protocol = Text(server, "protocol");
      if (cache || protocol.empty() || protocol == "Do53") continue;
      report_.Error(server, protocol + " needs the host's DNS cache", "set `hostDNS.enabled: true`");
    }
  }

  void CheckKubeSpan() {
    const yaml::Value* kubespan = Find("KubeSpanConfig");
    if (kubespan == nullptr || !Flag(*kubespan, "enabled").value_or(false)) return;
    const bool old = main_ != nullptr && Flag(*main_, "cluster.discovery.enabled").value_or(false);
    if (Find("DiscoveryServiceConfig") == nullptr && !old)
      report_.Error(*kubespan, "KubeSpan needs discovery", "add a DiscoveryServiceConfig");
  }

  /// Whether Kubernetes is configured: it has an authority.
  const yaml::Value* Authority() const {
    if (const yaml::Value* document = Find("KubeAPIServerCAConfig")) return document;
    return main_ == nullptr ? nullptr : Get(*main_, "cluster.ca");
  }

  void CheckControlPlane() {
    if (main_ == nullptr || !IsControlPlane(*main_)) return;
    const bool encrypted = Find("KubeEtcdEncryptionConfig") != nullptr ||
                           !Main("cluster.secretboxEncryptionSecret").empty() ||
                           !Main("cluster.aescbcEncryptionSecret").empty();
    if (const yaml::Value* authority = Authority(); authority != nullptr && !encrypted) {
      report_.Error(*authority, "a control plane must say how secrets are encrypted in etcd",
                    "add a KubeEtcdEncryptionConfig");
    }
    const yaml::Value* node = Find("KubeNodeConfig");
    if (node == nullptr || Flag(*node, "skipNodeRegistration").value_or(false)) return;
    for (const yaml::Entry& label : Fields(*node, "labels")) {
      if (label.key == kControlPlaneLabel) return;
    }
    report_.Warning(
        *node,
        "the KubeNodeConfig of a control plane should have the label " + std::string(kControlPlaneLabel),
        "add it: the document is used as it is");
  }

  void CheckCluster() {
    const yaml::Value* authority = Authority();
    if (authority == nullptr || Find("KubeClusterConfig") != nullptr ||
        InMain("cluster.controlPlane.endpoint"))
      return;
    report_.Error(*authority,
                  "the config has an authority of Kubernetes, and no name and endpoint of its cluster",
                  "add a KubeClusterConfig");
  }

  void CheckContainers() {
    const auto [begin, end] = kinds_.equal_range("ContainerConfig");
    std::map<std::string, const yaml::Value*> containers;
    for (auto item = begin; item != end; ++item)
      containers.emplace(Text(*item->second, "name"), item->second);
    std::set<std::string> done;
    std::set<std::string> way;
    const std::function<bool(const std::string&)> circles = [&](const std::string& name) {
      if (done.contains(name)) return false;
      if (!way.insert(name).second) return true;
      const auto found = containers.find(name);
      bool any = false;
      if (found != containers.end()) {
        for (const yaml::Value& other : Items(*found->second, "dependsOn.containers"))
          any = (Text(other) != name && circles(Text(other))) || any;
      }
      way.erase(name);
      done.insert(name);
      return any;
    };
    for (const auto& [name, container] : containers) {
      for (const yaml::Value& other : Items(*container, "dependsOn.containers")) {
        if (!containers.contains(Text(other)))
          report_.Error(other, "there is no container `" + Text(other) + '`', "add it, or remove this");
      }
      if (circles(name))
        report_.Error(*container, "the container `" + name + "` waits for itself, by way of others",
                      "break the circle");
    }
  }

  const yaml::Value* main_ = nullptr;
  std::multimap<std::string, const yaml::Value*> kinds_;
  Report& report_;
};

}  // namespace

void ValidateWhole(const Documents& documents, Report& report) {
  constexpr int kSince = 14;
  if (report.minor() >= kSince) Whole(documents, report).Check();
}

}  // namespace slipway::talos
