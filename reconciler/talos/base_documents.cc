#include "reconciler/talos/base.h"
#include "reconciler/talos/cel_text.h"
#include "reconciler/talos/values.h"

namespace slipway::talos {
namespace {

void AddDiscovery(const BaseDraft& draft, Documents& documents) {
  if (draft.input.options.discovery) {
    yaml::Value service = NewDocument("DiscoveryServiceConfig", "default");
    service.At("endpoint") = yaml::Value("https://discovery.talos.dev/");
    documents.push_back(std::move(service));
  }
  yaml::Value identity = NewDocument("DiscoveryIdentityConfig");
  identity.At("clusterID") = yaml::Value(draft.bundle.cluster_id);
  identity.At("clusterSecret") = yaml::Value(draft.bundle.cluster_secret);
  documents.push_back(std::move(identity));
}

/// The document needs to know the disk: without one it is made with the node's.
void AddInstall(const InstallOptions& options, Documents& documents) {
  if (options.disk.empty()) return;
  yaml::Value document = NewDocument("UnattendedInstallConfig");
  yaml::Value& installer = document.At("installer") = yaml::Value(yaml::Mapping{});
  if (!options.image.empty()) installer.At("image") = yaml::Value(options.image);
  yaml::Value& provisioning = document.At("provisioning");
  provisioning.At("diskSelector").At("match") = yaml::Value("disk.dev_path == " + QuoteForCel(options.disk));
  provisioning.At("wipe") = yaml::Value(options.wipe);
  documents.push_back(std::move(document));
}

void AddHost(const BaseDraft& draft, Documents& documents) {
  yaml::Value resolver = NewDocument("ResolverConfig");
  yaml::Value& dns = resolver.At("hostDNS");
  dns.At("enabled") = yaml::Value(true);
  dns.At("forwardKubeDNSToHost") = yaml::Value(true);
  documents.push_back(std::move(resolver));
  const auto& sysctls = draft.input.options.sysctls;
  if (!sysctls.empty()) {
    yaml::Value document = NewDocument("SysctlConfig");
    yaml::Value& params = document.At("params");
    for (const auto& [name, value] : sysctls) params.At(name) = yaml::Value(value);
    documents.push_back(std::move(document));
  }
  yaml::Value ephemeral = NewDocument("VolumeConfig", "EPHEMERAL");
  ephemeral.At("mount").At("secure") = yaml::Value(true);
  documents.push_back(std::move(ephemeral));
  yaml::Value trim = NewDocument("FilesystemTrimConfig");
  trim.At("interval") = yaml::Value("168h0m0s");
  documents.push_back(std::move(trim));
  yaml::Value profile = NewDocument("SecurityProfileConfig");
  profile.At("workloadIsolation") = yaml::Value(true);
  documents.push_back(std::move(profile));
}

}  // namespace

void AddMachineDocuments(const BaseDraft& draft, Documents& documents) {
  const TalosOptions& options = draft.input.options;
  if (!draft.Legacy()) {
    AddDiscovery(draft, documents);
    AddInstall(options.install, documents);
    AddHost(draft, documents);
  }
  if (draft.minor < contract::kNetworkDocuments) return;
  for (const auto& [host, endpoints] : options.registry_mirrors) {
    yaml::Value mirror = NewDocument("RegistryMirrorConfig", host);
    if (!endpoints.empty()) {
      mirror.At("endpoints") =
          ListOf(endpoints, [](const std::string& endpoint) { return OneField("url", endpoint); });
    }
    documents.push_back(std::move(mirror));
  }
  yaml::Value hostname = NewDocument("HostnameConfig");
  hostname.At("auto") = yaml::Value("stable");
  documents.push_back(std::move(hostname));
  if (!options.kubespan || draft.minor < contract::kKubeSpanDocument) return;
  yaml::Value kubespan = NewDocument("KubeSpanConfig");
  kubespan.At("enabled") = yaml::Value(*options.kubespan);
  documents.push_back(std::move(kubespan));
}

}  // namespace slipway::talos
