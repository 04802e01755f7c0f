#include "schema/fleet/talos_options_check.h"

#include "schema/fleet/codes.h"
#include "schema/fleet/talos_release.h"

namespace slipway {
namespace {

constexpr int kArgumentsInImage = 12;  ///< grubUseUKICmdline is the default from here on
constexpr int kListArguments = 13;
constexpr int kKubeletDocument = 14;

std::string Minor(int minor) { return "Talos 1." + std::to_string(minor); }

void CheckKubernetes(const Cluster& cluster, const TalosVersion& version, Reporter& reporter) {
  const bool given = !cluster.kubernetes_version.empty();
  if (!given && cluster.secrets.value.empty()) return;
  const auto kubernetes = TalosVersion::Parse(KubernetesVersionOf(cluster));
  const KubernetesRange range = KubernetesRangeOf(version.minor);
  if (!kubernetes || range.Holds(*kubernetes)) return;
  const auto mark = cluster.talos.given.Find("kubernetesVersion");
  reporter.Error(mark.value_or(cluster.origin.mark), code::kKubernetesOutOfRange,
                 "Talos " + version.ToString() + " does not run Kubernetes " + kubernetes->ToString() +
                     "; it accepts " + range.ToString(),
                 given ? "use a version of that range, or another Talos"
                       : "give a kubernetesVersion that every Talos version of the cluster accepts");
}

}  // namespace

std::string KubernetesVersionOf(const Cluster& cluster) {
  return cluster.kubernetes_version.empty() ? DefaultKubernetesVersion(cluster.talos_version.minor)
                                            : cluster.kubernetes_version;
}

void CheckTalosOptions(const Cluster& cluster, const TalosVersion& version, Diagnostics& diagnostics) {
  if (version.minor < kOldestTalosMinor) return;  // the version itself was reported
  Reporter reporter(cluster.origin.file, diagnostics);
  CheckKubernetes(cluster, version, reporter);
  const TalosOptions& options = cluster.talos;
  if (!options.install.extra_kernel_args.empty() && version.minor >= kArgumentsInImage) {
    reporter.Error(
        options.install.extra_kernel_args.front().mark, code::kNotInTalosVersion,
        version.minor >= kKubeletDocument
            ? Minor(version.minor) +
                  " has no place for `extraKernelArgs`: the kernel's arguments come from the image"
            : Minor(version.minor) +
                  " refuses `extraKernelArgs` beside `grubUseUKICmdline`, its default: the "
                  "kernel's arguments come from the image",
        "put them into a schematic of the image factory and name it in install.schematic; arguments for "
        "booting over the network go to spec.boot.args");
  }
  if (!options.kubelet.extra_mounts.empty() && version.minor >= kKubeletDocument) {
    reporter.Error(options.kubelet.extra_mounts.front().mark(), code::kNotInTalosVersion,
                   Minor(version.minor) + " has no place for `extraMounts` of the kubelet",
                   "use a volume: the kubelet sees user volumes below /var/mnt as they are");
  }
  const yaml::Mapping* arguments = options.kubelet.extra_args.AsMapping();
  if (arguments == nullptr || version.minor >= kListArguments) return;
  for (const yaml::Entry& argument : *arguments) {
    if (argument.value.AsSequence() == nullptr) continue;
    reporter.Error(argument.value.mark(), code::kNotInTalosVersion,
                   "the argument " + Tick(argument.key) + " is a list, which needs " + Minor(kListArguments),
                   "write one text");
  }
}

}  // namespace slipway
