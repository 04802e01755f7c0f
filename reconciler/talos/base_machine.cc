#include "reconciler/talos/base.h"
#include "reconciler/talos/base64.h"
#include "reconciler/talos/values.h"

namespace slipway::talos {
namespace {

constexpr int64_t kKubePrismPort = 7445;

yaml::Value KubeletSection(const BaseDraft& draft) {
  const KubeletOptions& options = draft.input.options.kubelet;
  yaml::Value kubelet;
  kubelet.At("image") = yaml::Value(draft.Image("ghcr.io/siderolabs/kubelet"));
  if (!options.cluster_dns.empty()) kubelet.At("clusterDNS") = TextList(options.cluster_dns);
  if (!options.extra_args.IsNull()) kubelet.At("extraArgs") = options.extra_args;
  if (!options.extra_mounts.empty()) kubelet.At("extraMounts") = yaml::Value(options.extra_mounts);
  if (!options.extra_config.IsNull()) kubelet.At("extraConfig") = options.extra_config;
  kubelet.At("defaultRuntimeSeccompProfileEnabled") = yaml::Value(true);
  if (!options.node_ip_subnets.empty())
    kubelet.At("nodeIP").At("validSubnets") = TextList(options.node_ip_subnets);
  kubelet.At("disableManifestsDirectory") = yaml::Value(true);
  return kubelet;
}

yaml::Value NetworkSection(const BaseDraft& draft) {
  yaml::Value network{yaml::Mapping{}};
  const auto& kubespan = draft.input.options.kubespan;
  if (kubespan) network.At("kubespan").At("enabled") = yaml::Value(*kubespan);
  return network;
}

yaml::Value InstallSection(const BaseDraft& draft) {
  const InstallOptions& options = draft.input.options.install;
  yaml::Value install;
  if (!options.disk.empty()) install.At("disk") = yaml::Value(options.disk);
  if (!options.extra_kernel_args.empty()) {
    install.At("extraKernelArgs") =
        ListOf(options.extra_kernel_args, [](const auto& argument) { return yaml::Value(argument.value); });
  }
  if (!options.image.empty()) install.At("image") = yaml::Value(options.image);
  install.At("wipe") = yaml::Value(options.wipe);
  if (draft.minor >= contract::kNetworkDocuments) install.At("grubUseUKICmdline") = yaml::Value(true);
  return install;
}

yaml::Value FeaturesSection(const BaseDraft& draft) {
  yaml::Value features;
  if (draft.minor < contract::kNetworkDocuments) {
    for (const char* name : {"rbac", "stableHostname", "apidCheckExtKeyUsage"})
      features.At(name) = yaml::Value(true);
  }
  features.At("diskQuotaSupport") = yaml::Value(true);
  if (!draft.Legacy()) return features;
  yaml::Value prism;
  prism.At("enabled") = yaml::Value(true);
  prism.At("port") = yaml::Value(kKubePrismPort);
  features.At("kubePrism") = std::move(prism);
  yaml::Value dns;
  dns.At("enabled") = yaml::Value(true);
  dns.At("forwardKubeDNSToHost") = yaml::Value(true);
  features.At("hostDNS") = std::move(dns);
  return features;
}

yaml::Value RegistriesSection(const RegistryMirrors& mirrors) {
  yaml::Value hosts;
  for (const auto& [host, endpoints] : mirrors) hosts.At(host).At("endpoints") = TextList(endpoints);
  return OneField("mirrors", std::move(hosts));
}

/// What only configs before 1.14 have between `certSANs` and `features`.
void AddLegacy(const BaseDraft& draft, yaml::Value& machine) {
  const TalosOptions& options = draft.input.options;
  machine.At("kubelet") = KubeletSection(draft);
  if (draft.minor < contract::kKubeSpanDocument) machine.At("network") = NetworkSection(draft);
  machine.At("install") = InstallSection(draft);
  if (!options.sysctls.empty()) {
    yaml::Value& sysctls = machine.At("sysctls");
    for (const auto& [name, value] : options.sysctls) sysctls.At(name) = yaml::Value(value);
  }
  if (!options.registry_mirrors.empty() && draft.minor < contract::kNetworkDocuments)
    machine.At("registries") = RegistriesSection(options.registry_mirrors);
}

}  // namespace

yaml::Value MachineSection(const BaseDraft& draft) {
  yaml::Value machine;
  machine.At("type") = yaml::Value(ToString(draft.role));
  machine.At("token") = yaml::Value(draft.bundle.trustd_token);
  yaml::Value& authority = machine.At("ca");
  authority.At("crt") = yaml::Value(EncodeBase64(draft.bundle.os.crt));
  authority.At("key") = yaml::Value(draft.ControlPlane() ? EncodeBase64(draft.bundle.os.key) : "");
  machine.At("certSANs") = TextList(draft.input.options.cert_sans);
  if (draft.Legacy()) AddLegacy(draft, machine);
  machine.At("features") = FeaturesSection(draft);
  if (draft.Legacy() && draft.ControlPlane()) {
    machine.At("nodeLabels").At("node.kubernetes.io/exclude-from-external-load-balancers") = yaml::Value("");
  }
  return machine;
}

}  // namespace slipway::talos
