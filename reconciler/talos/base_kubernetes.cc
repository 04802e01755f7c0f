#include "reconciler/talos/base.h"
#include "reconciler/talos/values.h"

namespace slipway::talos {
namespace {

constexpr int64_t kKubePrismPort = 7445;
constexpr int64_t kFlannelPort = 4789;
constexpr const char* kControlPlaneLabel = "node-role.kubernetes.io/control-plane";

yaml::Value& Add(Documents& documents, yaml::Value document) {
  documents.push_back(std::move(document));
  return documents.back();
}

yaml::Value& Add(Documents& documents, std::string_view kind, std::string_view name = {}) {
  return Add(documents, NewDocument(kind, name));
}

/// These documents hold certificates as they are, not in base64.
yaml::Value Plain(const Identity& identity) {
  yaml::Value value;
  value.At("cert") = yaml::Value(identity.crt);
  value.At("key") = yaml::Value(identity.key);
  return value;
}

void AddNode(const BaseDraft& draft, Documents& documents) {
  const TalosOptions& options = draft.input.options;
  yaml::Value& node = Add(documents, "KubeNodeConfig");
  yaml::Value& node_ip = node.At("nodeIP") = yaml::Value(yaml::Mapping{});
  if (!options.kubelet.node_ip_subnets.empty())
    node_ip.At("validSubnets") = TextList(options.kubelet.node_ip_subnets);
  if (!draft.ControlPlane()) return;
  yaml::Value& labels = node.At("labels");
  labels.At(kControlPlaneLabel) = yaml::Value("");
  labels.At("node.kubernetes.io/exclude-from-external-load-balancers") = yaml::Value("");
  if (!options.schedule_on_control_planes)
    node.At("taints").At(kControlPlaneLabel) = yaml::Value("NoSchedule");
}

void AddKubelet(const BaseDraft& draft, Documents& documents) {
  const KubeletOptions& options = draft.input.options.kubelet;
  yaml::Value& kubelet = Add(documents, "KubeletConfig");
  kubelet.At("image") = yaml::Value(draft.Image("ghcr.io/siderolabs/kubelet"));
  kubelet.At("config") = options.extra_config.IsNull() ? yaml::Value(yaml::Mapping{}) : options.extra_config;
  if (!options.extra_args.IsNull()) kubelet.At("extraArgs") = options.extra_args;
  if (!options.cluster_dns.empty()) kubelet.At("clusterDNS") = TextList(options.cluster_dns);
  kubelet.At("defaultRuntimeSeccompProfileEnabled") = yaml::Value(true);
}

/// What every node gets.
void AddCommon(const BaseDraft& draft, Documents& documents) {
  const TalosOptions& options = draft.input.options;
  yaml::Value& cluster = Add(documents, "KubeClusterConfig");
  cluster.At("clusterName") = yaml::Value(draft.input.cluster_name);
  cluster.At("endpoint") = yaml::Value(draft.input.endpoint);
  AddNode(draft, documents);
  AddKubelet(draft, documents);
  yaml::Value& network = Add(documents, "KubeNetworkConfig");
  network.At("dnsDomain") = yaml::Value(options.dns_domain);
  network.At("podSubnets") = TextList(options.pod_subnets);
  network.At("serviceSubnets") = TextList(options.service_subnets);
  yaml::Value& authority = Add(documents, "KubeAPIServerCAConfig");
  if (draft.ControlPlane())
    authority.At("issuingCA") = Plain(draft.bundle.kubernetes);
  else
    authority.At("acceptedCAs") = TextList(std::vector<std::string>{draft.bundle.kubernetes.crt});
  Add(documents, "KubePrismConfig").At("port") = yaml::Value(kKubePrismPort);
}

void AddAuthentication(Documents& documents) {
  yaml::Value anonymous;
  anonymous.At("conditions") = ListOf(std::vector<std::string>{"/livez", "/readyz", "/healthz"},
                                      [](const std::string& path) { return OneField("path", path); });
  anonymous.At("enabled") = yaml::Value(true);
  yaml::Value configuration;
  configuration.At("anonymous") = std::move(anonymous);
  configuration.At("jwt") = yaml::Value(yaml::Sequence{});
  Add(documents, "KubeAuthenticationConfig").At("configuration") = std::move(configuration);
  Add(documents, "KubeAuthorizerConfig", "node").At("type") = yaml::Value("Node");
  Add(documents, "KubeAuthorizerConfig", "rbac").At("type") = yaml::Value("RBAC");
}

/// How Kubernetes' secrets are encrypted in etcd. The names and the order of the keys are those of older
/// releases, so that a cluster can read what it wrote. Upstream writes the older secret as a secretbox, too.
void AddEncryption(const Bundle& bundle, Documents& documents) {
  yaml::Sequence providers;
  for (const auto& [name, secret] :
       {std::pair{"key2", &bundle.secretbox_secret}, std::pair{"key1", &bundle.aescbc_secret}}) {
    if (secret->empty()) continue;
    yaml::Value key;
    key.At("name") = yaml::Value(name);
    key.At("secret") = yaml::Value(*secret);
    yaml::Value provider;
    provider.At("secretbox").At("keys") = yaml::Value(yaml::Sequence{std::move(key)});
    providers.push_back(std::move(provider));
  }
  yaml::Value resource;
  resource.At("providers") = yaml::Value(std::move(providers));
  resource.At("resources") = TextList(std::vector<std::string>{"secrets"});
  Add(documents, "KubeEtcdEncryptionConfig").At("config").At("resources") =
      yaml::Value(yaml::Sequence{std::move(resource)});
}

void AddApiServer(const BaseDraft& draft, Documents& documents) {
  yaml::Value& account = Add(documents, "KubeServiceAccountConfig").At("issuer");
  account.At("privateKey") = yaml::Value(draft.bundle.service_account_key);
  account.At("issuerURL") = yaml::Value(draft.input.endpoint);
  yaml::Value& server = Add(documents, "KubeAPIServerConfig");
  server.At("image") = yaml::Value(draft.Image("registry.k8s.io/kube-apiserver"));
  const int port = draft.input.options.local_api_server_port;
  if (port != 0) server.At("apiPort") = yaml::Value(int64_t{port});
  const std::vector<std::string> names = draft.ApiServerNames();
  if (!names.empty()) server.At("certExtraSANs") = TextList(names);
}

void AddComponents(const BaseDraft& draft, Documents& documents) {
  Add(documents, "KubeControllerManagerConfig").At("image") =
      yaml::Value(draft.Image("registry.k8s.io/kube-controller-manager"));
  yaml::Value& scheduler = Add(documents, "KubeSchedulerConfig");
  scheduler.At("image") = yaml::Value(draft.Image("registry.k8s.io/kube-scheduler"));
  scheduler.At("config") = yaml::Value(yaml::Mapping{});
  yaml::Value& proxy = Add(documents, "KubeProxyConfig");
  if (draft.input.options.cni == Cni::kCilium) proxy.At("enabled") = yaml::Value(false);
  proxy.At("image") = yaml::Value(draft.Image("registry.k8s.io/kube-proxy"));
  proxy.At("config") = yaml::Value(yaml::Mapping{});
}

void AddNetworkPlugins(const TalosOptions& options, Documents& documents) {
  if (options.cni == Cni::kFlannel) {
    yaml::Value& flannel = Add(documents, "KubeFlannelCNIConfig");
    flannel.At("backendType") = yaml::Value("vxlan");
    flannel.At("backendPort") = yaml::Value(kFlannelPort);
  }
  Add(documents, "KubeCoreDNSConfig").At("enabled") = yaml::Value(true);
  if (options.cni != Cni::kCustom) return;
  for (size_t i = 0; i < options.cni_urls.size(); ++i) {
    const std::string name = i == 0 ? "custom-cni" : "custom-cni-" + std::to_string(i + 1);
    Add(documents, "KubeExternalManifestConfig", name).At("url") = yaml::Value(options.cni_urls[i]);
  }
}

}  // namespace

void AddKubernetesDocuments(const BaseDraft& draft, Documents& documents) {
  AddCommon(draft, documents);
  if (!draft.ControlPlane()) return;
  Add(documents, "KubeAggregatorCAConfig").At("issuingCA") = Plain(draft.bundle.aggregator);
  Add(documents, "KubeAdmissionControlConfig", "PodSecurity").At("configuration") =
      PodSecurityConfiguration();
  Add(documents, "KubeAuditPolicyConfig").At("configuration") = AuditPolicy();
  AddAuthentication(documents);
  AddEncryption(draft.bundle, documents);
  AddApiServer(draft, documents);
  AddComponents(draft, documents);
  AddNetworkPlugins(draft.input.options, documents);
}

}  // namespace slipway::talos
