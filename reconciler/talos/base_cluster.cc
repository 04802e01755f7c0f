#include "reconciler/talos/base.h"
#include "reconciler/talos/base64.h"
#include "reconciler/talos/values.h"

namespace slipway::talos {
namespace {

yaml::Value Encoded(const Identity& identity) {
  yaml::Value value;
  value.At("crt") = yaml::Value(EncodeBase64(identity.crt));
  value.At("key") = yaml::Value(EncodeBase64(identity.key));
  return value;
}

yaml::Value NetworkSection(const TalosOptions& options) {
  yaml::Value network;
  if (options.cni == Cni::kCustom) {
    yaml::Value& cni = network.At("cni");
    cni.At("name") = yaml::Value("custom");
    cni.At("urls") = TextList(options.cni_urls);
  } else if (options.cni != Cni::kFlannel) {
    network.At("cni").At("name") = yaml::Value("none");
  }
  network.At("dnsDomain") = yaml::Value(options.dns_domain);
  network.At("podSubnets") = TextList(options.pod_subnets);
  network.At("serviceSubnets") = TextList(options.service_subnets);
  return network;
}

yaml::Value ApiServerSection(const BaseDraft& draft) {
  yaml::Value server;
  server.At("image") = yaml::Value(draft.Image("registry.k8s.io/kube-apiserver"));
  const std::vector<std::string> names = draft.ApiServerNames();
  if (!names.empty()) server.At("certSANs") = TextList(names);
  if (draft.minor < contract::kNetworkDocuments) server.At("disablePodSecurityPolicy") = yaml::Value(true);
  yaml::Value plugin;
  plugin.At("name") = yaml::Value("PodSecurity");
  plugin.At("configuration") = PodSecurityConfiguration();
  server.At("admissionControl") = yaml::Value(yaml::Sequence{std::move(plugin)});
  server.At("auditPolicy") = AuditPolicy();
  return server;
}

yaml::Value DiscoverySection(const TalosOptions& options) {
  yaml::Value discovery;
  discovery.At("enabled") = yaml::Value(options.discovery);
  yaml::Value& registries = discovery.At("registries");
  registries.At("kubernetes").At("disabled") = yaml::Value(true);
  registries.At("service") = yaml::Value(yaml::Mapping{});
  return discovery;
}

/// The control plane's own parts, in the order in which Talos writes them.
void AddControlPlane(const BaseDraft& draft, yaml::Value& cluster) {
  const Bundle& bundle = draft.bundle;
  cluster.At("aggregatorCA") = Encoded(bundle.aggregator);
  cluster.At("serviceAccount").At("key") = yaml::Value(EncodeBase64(bundle.service_account_key));
  cluster.At("apiServer") = ApiServerSection(draft);
  cluster.At("controllerManager").At("image") =
      yaml::Value(draft.Image("registry.k8s.io/kube-controller-manager"));
  yaml::Value& proxy = cluster.At("proxy");
  if (draft.input.options.cni == Cni::kCilium) proxy.At("disabled") = yaml::Value(true);
  proxy.At("image") = yaml::Value(draft.Image("registry.k8s.io/kube-proxy"));
  cluster.At("scheduler").At("image") = yaml::Value(draft.Image("registry.k8s.io/kube-scheduler"));
}

yaml::Value LegacySection(const BaseDraft& draft) {
  const Bundle& bundle = draft.bundle;
  const TalosOptions& options = draft.input.options;
  yaml::Value cluster;
  cluster.At("id") = yaml::Value(bundle.cluster_id);
  cluster.At("secret") = yaml::Value(bundle.cluster_secret);
  yaml::Value& control_plane = cluster.At("controlPlane");
  control_plane.At("endpoint") = yaml::Value(draft.input.endpoint);
  if (draft.ControlPlane() && options.local_api_server_port != 0)
    control_plane.At("localAPIServerPort") = yaml::Value(int64_t{options.local_api_server_port});
  cluster.At("clusterName") = yaml::Value(draft.input.cluster_name);
  cluster.At("network") = NetworkSection(options);
  cluster.At("token") = yaml::Value(bundle.bootstrap_token);
  // The older aescbc secret has no place in these contracts.
  if (draft.ControlPlane() && !bundle.secretbox_secret.empty())
    cluster.At("secretboxEncryptionSecret") = yaml::Value(bundle.secretbox_secret);
  yaml::Value& authority = cluster.At("ca");
  authority.At("crt") = yaml::Value(EncodeBase64(bundle.kubernetes.crt));
  authority.At("key") = yaml::Value(draft.ControlPlane() ? EncodeBase64(bundle.kubernetes.key) : "");
  if (draft.ControlPlane()) AddControlPlane(draft, cluster);
  cluster.At("discovery") = DiscoverySection(options);
  return cluster;
}

}  // namespace

yaml::Value ClusterSection(const BaseDraft& draft) {
  yaml::Value cluster;
  if (draft.Legacy())
    cluster = LegacySection(draft);
  else
    cluster.At("token") = yaml::Value(draft.bundle.bootstrap_token);
  if (!draft.ControlPlane()) return cluster;
  cluster.At("etcd").At("ca") = Encoded(draft.bundle.etcd);
  if (draft.Legacy() && draft.input.options.schedule_on_control_planes)
    cluster.At("allowSchedulingOnControlPlanes") = yaml::Value(true);
  return cluster;
}

}  // namespace slipway::talos
