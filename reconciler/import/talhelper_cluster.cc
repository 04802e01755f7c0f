#include "reconciler/import/talhelper_cluster.h"

#include <algorithm>

#include "reconciler/import/fields.h"

namespace slipway::imports {
namespace {

/// What talhelper v3.1 takes when the talconfig says nothing.
constexpr std::string_view kNewestTalos = "v1.13.8";
/// First minor whose Kubernetes settings have documents.
constexpr int kKubernetesDocuments = 14;
constexpr int kOldest = 8;

std::string WithV(const std::string& version) {
  return version.empty() || version.front() == 'v' ? version : 'v' + version;
}

TalosVersion ReadVersion(const yaml::Value& config, Draft& draft) {
  std::string text = WithV(Text(config, "talosVersion"));
  if (text.empty()) {
    text = kNewestTalos;
    draft.ToDo({}, "the talconfig names no talosVersion; " + text + " is taken, talhelper's own default",
               "put the version that your machines run into the Cluster");
  }
  const auto version = TalosVersion::Parse(text);
  if (!version || version->minor < kOldest) {
    draft.Lost(MarkOf(config, "talosVersion"), "Slipway does not know Talos `" + text + '`',
               "upgrade the cluster to Talos 1.8 or later first");
    return version.value_or(*TalosVersion::Parse(kNewestTalos));
  }
  if (version->minor >= kKubernetesDocuments) {
    draft.Note(MarkOf(config, "talosVersion"),
               "talhelper v3.1 writes Talos 1.14 configs with a pre-release of Talos' generator",
               "compare the rendered configs with your machines' before you rely on them");
  }
  return *version;
}

std::string ReadEndpoint(const yaml::Value& config, Draft& draft) {
  std::string endpoint = Text(config, "endpoint");
  const size_t host = endpoint.find("://");
  if (host == std::string::npos || endpoint.find(':', endpoint.find(']', host) == std::string::npos
                                                          ? host + 3
                                                          : endpoint.find(']', host)) != std::string::npos) {
    return endpoint;
  }
  const size_t path = std::min(endpoint.find('/', host + 3), endpoint.size());
  endpoint.insert(path, ":443");
  draft.Lost(MarkOf(config, "endpoint"), "a Cluster's endpoint names its port; `:443` was added",
             "check that configs with `" + endpoint + "` are what you want");
  return endpoint;
}

class ClusterReader {
 public:
  ClusterReader(const yaml::Value& config, TalhelperFiles& files, Draft& draft)
      : config_(config), files_(files), draft_(draft) {}

  Result<TalhelperCluster> Run(const std::string& bundle) {
    cluster_.name = ResourceName(Text(config_, "clusterName"));
    cluster_.version = ReadVersion(config_, draft_);
    cluster_.resource = Resource("Cluster", cluster_.name);
    spec().At("endpoint") = yaml::Value(ReadEndpoint(config_, draft_));
    yaml::Value talos;
    talos.At("version") = yaml::Value(cluster_.version.ToString());
    const std::string kubernetes = WithV(Text(config_, "kubernetesVersion"));
    if (!kubernetes.empty()) {
      talos.At("kubernetesVersion") = yaml::Value(kubernetes);
    } else {
      draft_.Lost({}, "the talconfig names no kubernetesVersion", "put it into the Cluster");
    }
    talos.At("secrets") = yaml::Value(bundle);
    KeepName();
    Options(talos);
    Names(talos);
    if (auto done = InlineManifests(); !done) return tl::make_unexpected(done.error());
    Cni(talos);
    spec().At("talos") = std::move(talos);
    spec().At("boot") = Map({});
    return std::move(cluster_);
  }

 private:
  yaml::Value& spec() { return cluster_.resource.At("spec"); }

  /// The name stands in every config: one that no Cluster can have is patched back in.
  void KeepName() {
    const std::string given = Text(config_, "clusterName");
    if (given == cluster_.name) return;
    yaml::Value patch;
    if (cluster_.version.minor >= kKubernetesDocuments) {
      patch = TalosDocument("KubeClusterConfig");
      patch.At("clusterName") = yaml::Value(given);
    } else {
      patch.At("cluster").At("clusterName") = yaml::Value(given);
    }
    AddForAll("name", std::move(patch));
    draft_.Note(MarkOf(config_, "clusterName"),
                '`' + given + "` is no name of a Cluster; it became `" + cluster_.name +
                    "`, with a patch for the configs",
                "nothing: the machines keep the old name");
  }

  void Options(yaml::Value& talos) {
    if (Says(config_, "domain")) talos.At("dnsDomain") = *config_.Find("domain");
    if (Says(config_, "clusterPodNets")) talos.At("podSubnets") = *config_.Find("clusterPodNets");
    if (Says(config_, "clusterSvcNets")) talos.At("serviceSubnets") = *config_.Find("clusterSvcNets");
    if (Flag(config_, "allowSchedulingOnMasters") || Flag(config_, "allowSchedulingOnControlPlanes")) {
      talos.At("allowSchedulingOnControlPlanes") = yaml::Value(true);
    }
  }

  void AddForAll(const std::string& name, yaml::Value patch, Draft::Place place = Draft::Place::kShortest) {
    const size_t item = draft_.AddPatch(Scope::kCluster, name, {std::move(patch)}, place);
    cluster_.controlplane.push_back(item);
    cluster_.worker.push_back(item);
  }

  void Names(yaml::Value& talos) {
    const auto machine = TextList(config_, "additionalMachineCertSans");
    const auto server = TextList(config_, "additionalApiServerCertSans");
    if (!machine.empty() && machine == server) {
      talos.At("certSANs") = TextSequence(machine);
      return;
    }
    if (!machine.empty()) {
      yaml::Value patch;
      patch.At("machine").At("certSANs") = TextSequence(machine);
      AddForAll("machine-names", std::move(patch));
    }
    if (server.empty()) return;
    yaml::Value patch;
    if (cluster_.version.minor >= kKubernetesDocuments) {
      patch = TalosDocument("KubeAPIServerConfig");
      patch.At("certExtraSANs") = TextSequence(server);
    } else {
      patch.At("cluster").At("apiServer").At("certSANs") = TextSequence(server);
    }
    cluster_.controlplane.push_back(draft_.AddPatch(Scope::kRole, "api-server-names", {std::move(patch)}));
  }

  Result<void> InlineManifests() {
    yaml::Sequence manifests;
    for (const yaml::Value& manifest : List(config_, "inlineManifests")) {
      const yaml::Value* contents = manifest.Find("contents");
      auto text = contents == nullptr ? Result<std::string>(std::string())
                                      : files_.Content(*contents, Flag(manifest, "skipEnvsubst")
                                                                      ? TalhelperFiles::Variables::kKeep
                                                                      : TalhelperFiles::Variables::kExpand);
      if (!text) return tl::make_unexpected(text.error());
      manifests.push_back(
          Map({{"name", yaml::Value(Text(manifest, "name"))}, {"contents", yaml::Value(*text)}}));
    }
    if (manifests.empty()) return {};
    yaml::Value patch;
    patch.At("cluster").At("inlineManifests") = yaml::Value(std::move(manifests));
    AddForAll("inline-manifests", std::move(patch), Draft::Place::kFile);
    return {};
  }

  void Cni(yaml::Value& talos) {
    const yaml::Value* cni = config_.Find("cniConfig");
    if (cni == nullptr || cni->IsNull()) return;
    const std::string name = Text(*cni, "name");
    if (name == "custom" || name == "none") {
      talos.At("cni").At("name") = yaml::Value(name);
      if (Says(*cni, "urls")) talos.At("cni").At("urls") = *cni->Find("urls");
      if (Says(*cni, "flannel")) {
        draft_.Lost(MarkOf(*cni, "flannel"), "`flannel` beside the CNI " + name,
                    "take it out: Talos does not use it");
      }
      return;
    }
    if (name != "flannel" && !name.empty()) {
      draft_.Lost(MarkOf(*cni, "name"), "the CNI `" + name + "` is none that Talos knows",
                  "write flannel, custom or none");
      return;
    }
    yaml::Value patch;
    if (cluster_.version.minor >= kKubernetesDocuments) {
      const yaml::Value* flannel = cni->Find("flannel");
      if (flannel == nullptr || flannel->AsMapping() == nullptr) return;
      patch = TalosDocument("KubeFlannelCNIConfig");
      for (const std::string_view key : {"extraArgs", "kubeNetworkPoliciesEnabled"}) {
        if (Says(*flannel, key)) patch.At(key) = *flannel->Find(key);
      }
      cluster_.controlplane.push_back(draft_.AddPatch(Scope::kRole, "flannel", {std::move(patch)}));
      return;
    }
    patch.At("cluster").At("network").At("cni") = *cni;
    AddForAll("flannel", std::move(patch));
  }

  const yaml::Value& config_;
  TalhelperFiles& files_;
  Draft& draft_;
  TalhelperCluster cluster_;
};

}  // namespace

Result<TalhelperCluster> ReadCluster(const yaml::Value& config, const std::string& bundle,
                                     TalhelperFiles& files, Draft& draft) {
  return ClusterReader(config, files, draft).Run(bundle);
}

void PlaceBoot(const std::vector<NodeBoot>& nodes, yaml::Value& cluster_spec, Draft& draft) {
  for (const Arch arch : {Arch::kAmd64, Arch::kArm64}) {
    const yaml::Value* most = nullptr;
    long most_count = 0;
    for (const NodeBoot& node : nodes) {
      const long count = std::count_if(nodes.begin(), nodes.end(), [&](const NodeBoot& other) {
        return other.arch == arch && other.files == node.files;
      });
      if (node.arch == arch && count > most_count) {
        most = &node.files;
        most_count = count;
      }
    }
    if (most == nullptr) continue;
    cluster_spec.At("boot").At(ToString(arch)) = *most;
    for (const NodeBoot& node : nodes) {
      if (node.arch == arch && node.files != *most) node.spec->At("boot") = node.files;
    }
  }
  if (nodes.empty()) return;
  const auto& args = nodes.front().kernel_args;
  const bool same = std::all_of(nodes.begin(), nodes.end(),
                                [&args](const NodeBoot& node) { return node.kernel_args == args; });
  if (same && !args.empty()) cluster_spec.At("boot").At("args") = TextSequence(args);
  if (same) return;
  for (const NodeBoot& node : nodes) {
    if (node.kernel_args.empty()) continue;
    std::string all;
    for (const std::string& arg : node.kernel_args) all += (all.empty() ? "" : " ") + arg;
    draft.Lost(
        node.mark,
        "the schematic of node " + node.name + " has kernel arguments that other nodes have not: " + all,
        "its installed system keeps them; put into spec.boot.args of the Cluster what its first boot needs");
  }
}

}  // namespace slipway::imports
